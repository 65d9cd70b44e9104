import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseDocument } from "../../../src/config/parse.ts";
import { OPS_KEYS, toOpsConfig } from "../../../src/config/schema.ts";
import type { OpsConfig } from "../../../src/config/schema.ts";
import { SESSION_KEYS } from "../../../src/config/session.ts";
import { SessionConfig } from "../../../src/core/definition.ts";
import { messageOf, placedMessageOf } from "./fixture.ts";

const ORIGIN = { path: "/srv/ops.yml", label: "ops.yml" };

function read(ops: string): OpsConfig {
  return toOpsConfig(parseDocument(ops, ORIGIN).ops, {
    home: () => "/home/kim",
  });
}

/** Reads one session, given as a flow mapping. */
function session(fields: string): SessionConfig {
  return read(`ops: { sessions: { s: ${fields} } }`).sessions.get("s")!.config;
}

Deno.test("toOpsConfig() reads every key of a session", () => {
  const { sessions } = read(`
ops:
  sessions:
    bot:
      backend: container
      command: [run, --level, 2]
      working_dir: /app
      env: { A: text, B: 2 }
      image: localhost:5000/bot:1
      volumes: [./data:/data:ro]
      ports: [8080, "80:80", 22:22, 127.0.0.1:1:1/udp]
      runtime: docker
      log_volume: ~/logs:/logs
      init: false
      log: none
      log_max_size: 1M
      log_files: 2
      stop_signal: term
      stop_timeout: 0.5
      restart: on-failure:3
    notes:
      socket_name: bots
`);

  assertEquals(sessions.get("bot"), {
    config: new SessionConfig({
      name: "bot",
      backend: "container",
      command: ["run", "--level", "2"],
      workingDir: "/app",
      env: { A: "text", B: "2" },
      image: "localhost:5000/bot:1",
      volumes: ["/srv/data:/data:ro"],
      ports: ["8080", "80:80", "22:22", "127.0.0.1:1:1/udp"],
      runtime: "docker",
      logVolume: "/home/kim/logs:/logs",
      init: false,
      log: "none",
      logMaxSize: 1_048_576,
      logFiles: 2,
      stopSignal: "SIGTERM",
      stopTimeout: 0.5,
      restart: "on-failure:3",
    }),
    socketName: null,
  });
  assertEquals(sessions.get("notes")!.socketName, "bots");
});

Deno.test("toOpsConfig() lets sessions fall back to the settings", () => {
  const { sessions } = read(`
ops:
  default_backend: container
  container_runtime: podman
  log: none
  log_max_size: 1G
  log_files: 3
  sessions:
    plain:
    own: { backend: tmux, log: file, log_max_size: 65536, log_files: 1 }
`);

  assertEquals(sessions.get("plain")!.config.backend, "container");
  assertEquals(sessions.get("plain")!.config.runtime, "podman");
  assertEquals(sessions.get("own")!.config.backend, "tmux");
  assertEquals(sessions.get("own")!.config.runtime, undefined);

  const logOf = (name: string) => {
    const { log, logMaxSize, logFiles } = sessions.get(name)!.config;
    return [log, logMaxSize, logFiles];
  };
  assertEquals(logOf("plain"), ["none", 2 ** 30, 3]);
  assertEquals(logOf("own"), ["file", 65_536, 1]);
});

Deno.test("toOpsConfig() leaves unsaid what depends on the session", () => {
  const { log, stopSignal, stopTimeout, restart } = session("{ log: null }");

  assertEquals(
    [log, stopSignal, stopTimeout, restart],
    [undefined, undefined, undefined, undefined],
  );
});

Deno.test("toOpsConfig() takes what has an image for a container", () => {
  assertEquals(session("{ image: nginx }").backend, "container");
  assertEquals(session("{ image: }").backend, "tmux");
});

Deno.test("toOpsConfig() refuses what the engine has not", () => {
  const values = {
    image: "nginx",
    volumes: "[./a:/a]",
    ports: "[80]",
    runtime: "docker",
    log_volume: "./a:/a",
    init: "true",
  };
  for (const [key, value] of Object.entries(values)) {
    assertEquals(
      messageOf(() => session(`{ backend: tmux, ${key}: ${value} }`)),
      `ops.yml: ops.sessions.s.${key}: is for containers, and this session ` +
        "is on tmux: write backend: container, or leave it out",
    );
  }
  assertEquals(
    messageOf(() => session("{ image: nginx, socket_name: x }")),
    "ops.yml: ops.sessions.s.socket_name: is for tmux, and this is a " +
      "container: leave it out",
  );
});

Deno.test("toOpsConfig() takes true and false, and no word for them", () => {
  assertEquals(session("{ image: nginx }").init, undefined);
  assertEquals(session("{ image: nginx, init: true }").init, true);
  for (const [given, shown] of [["no", '"no"'], ["0", "0"], ["[]", "a list"]]) {
    assertEquals(
      messageOf(() => session(`{ image: nginx, init: ${given} }`)),
      `ops.yml: ops.sessions.s.init: must be true or false, not ${shown}`,
    );
  }
});

Deno.test("toOpsConfig() refuses a name that Docker will not take", () => {
  const named = (name: string, runtime: string) =>
    read(`ops: {sessions: {${name}: {image: x, runtime: ${runtime}}}}`);
  assertEquals(
    placedMessageOf(() => named("a", "docker")),
    'ops.yml:1:18: ops.sessions.a: "a" cannot name a container of Docker, ' +
      "which wants two characters or more: give it a longer name",
  );
  assertEquals(named("ab", "docker").sessions.size, 1);
  assertEquals(named("a", "podman").sessions.size, 1);
  assertEquals(
    read("ops: {sessions: {a: {command: x}}}").sessions.size,
    1,
  );
});

Deno.test("toOpsConfig() starts no shell for an empty command", () => {
  for (const empty of ["", " ~", " null", " # none", " &a"]) {
    assertEquals(
      messageOf(() =>
        read(`ops:\n  sessions:\n    s:\n      command:${empty}`)
      ),
      "ops.yml: ops.sessions.s.command: is empty: write a command, or leave " +
        "the key out for an interactive shell or the image's own command",
    );
  }
});

Deno.test("toOpsConfig() knows what people write from habit", () => {
  const cases = {
    "cwd: x": 'cwd: is not known; the key is "working_dir"',
    "environment: {}": 'environment: is not known; the key is "env"',
    "socket: x": 'socket: is not known; the key is "socket_name"',
    "volumes_from: [x]":
      "volumes_from: is not known; list the mounts under volumes",
    "autostart: true":
      "autostart: is not known; ops starts what it is told to: ops start NAME, at boot from cron",
    "schedule: x":
      "schedule: is not known; ops has no timer: have cron call ops start NAME",
    "backend: docker":
      'backend: "docker" is a runtime: write backend: container and runtime: docker',
  };
  for (const [fields, message] of Object.entries(cases)) {
    assertEquals(
      messageOf(() => session(`{ ${fields} }`)),
      `ops.yml: ops.sessions.s.${message}`,
    );
  }
});

Deno.test("toOpsConfig() resolves working_dir by the backend", async (t) => {
  const cases: [fields: string, workingDir: string | undefined][] = [
    ["{}", undefined],
    ["{ working_dir: . }", "/srv"],
    ["{ working_dir: a/../b }", "/srv/b"],
    ["{ working_dir: ~ }", undefined], // to YAML, a bare ~ is nothing
    ['{ working_dir: "~" }', "/home/kim"],
    ["{ working_dir: ~/bot }", "/home/kim/bot"],
    ["{ working_dir: /app/../x }", "/x"],
    ["{ working_dir: /app/../x, backend: container }", "/app/../x"],
  ];
  for (const [fields, workingDir] of cases) {
    await t.step(fields, () => {
      assertEquals(session(fields).workingDir, workingDir);
    });
  }
});

Deno.test("toOpsConfig() says where an error is, and what is right", async (t) => {
  const cases: [ops: string, message: string][] = [
    ["[]", "ops: must be a mapping of keys to values, not a list"],
    [
      "{ 1: 2 }",
      `ops.1: is not known; known are ${OPS_KEYS.join(", ")}`,
    ],
    ["{ sesions: {} }", 'ops.sesions: is not known; did you mean "sessions"?'],
    [
      '{ "a b": {} }',
      `ops["a b"]: is not known; known are ${OPS_KEYS.join(", ")}`,
    ],
    [
      "{ tmux_binary: 3 }",
      'ops.tmux_binary: must be text, not a number; if that text is meant, quote it: "3"',
    ],
    ['{ tmux_binary: "" }', "ops.tmux_binary: is empty"],
    [
      "{ default_backend: tmx }",
      'ops.default_backend: "tmx" is not known; it is tmux or container',
    ],
    [
      "{ container_runtime: lxc }",
      'ops.container_runtime: "lxc" is not known; it is podman or docker',
    ],
    ["{ log: files }", 'ops.log: "files" is not known; it is file or none'],
    [
      "{ log_max_size: 1k }",
      "ops.log_max_size: must be a whole number of bytes from 65536 (64 KiB) to 1099511627776 (1 TiB), not 1024",
    ],
    [
      "{ log_files: 0 }",
      "ops.log_files: must be a whole number of files from 1 to 1000, not 0",
    ],
    [
      "{ sessions: [bot] }",
      "ops.sessions: must be a mapping of keys to values, not a list",
    ],
    [
      "{ sessions: { 1web: {} } }",
      'ops.sessions: "1web" cannot name a new session: start with a letter, go on with letters, digits, _ and -',
    ],
    [
      "{ sessions: { __proto__: {} } }",
      'ops.sessions: "__proto__" cannot name a new session: start with a letter, go on with letters, digits, _ and -',
    ],
    [
      "{ sessions: { bot: run } }",
      "ops.sessions.bot: must be a mapping of keys to values, not text",
    ],
  ];
  for (const [ops, message] of cases) {
    await t.step(ops, () => {
      assertEquals(messageOf(() => read(`ops: ${ops}`)), `ops.yml: ${message}`);
    });
  }
});

Deno.test("toOpsConfig() checks every field of a session", async (t) => {
  const quote = (text: string) => `if that text is meant, quote it: "${text}"`;
  const cases: [fields: string, message: string][] = [
    [
      "folder: x",
      `: is not known; known are ${SESSION_KEYS.join(", ")}`,
    ],
    [
      "working-dir: x",
      '.working-dir: is not known; did you mean "working_dir"?',
    ],
    ["backend: [tmux]", ".backend: must be text, not a list"],
    ["command: 5", `.command: must be text, not a number; ${quote("5")}`],
    ["command: []", ".command: names no program"],
    [
      "command: ' '",
      ".command: is blank; leave it out for an interactive shell",
    ],
    [
      "command: [run, true]",
      `.command[1]: must be text or a number, not a boolean; ${quote("true")}`,
    ],
    [
      "working_dir: 1",
      `.working_dir: must be text, not a number; ${quote("1")}`,
    ],
    ['working_dir: ""', ".working_dir: is empty"],
    [
      "working_dir: ~kim/x",
      '.working_dir: "~kim/x" starts with the home of another user, which is not looked up: write the path in full, or ./~… for that very name',
    ],
    [
      "backend: container, working_dir: app",
      '.working_dir: "app" is inside the container and must start with /',
    ],
    ["env: [A=1]", ".env: must be a mapping of keys to values, not a list"],
    [
      "env: { A: true }",
      `.env.A: must be text or a number, not a boolean; ${quote("true")}`,
    ],
    [
      "env: { A: }",
      '.env.A: must be text or a number, not nothing; for an empty text, write ""',
    ],
    ["env: { A: [] }", ".env.A: must be text or a number, not a list"],
    [
      "env: { A-B: x }",
      '.env: "A-B" cannot name a variable: start with a letter or _, go on with letters, digits and _',
    ],
    ['env: { A: "x\\0" }', ".env.A: holds a NUL character; remove it"],
    ["image: 7", `.image: must be text, not a number; ${quote("7")}`],
    [
      "image: Nginx",
      '.image: "Nginx" has capitals: the name of an image is in lower case (its tag need not be)',
    ],
    ["image: x, volumes: ./a:/a", ".volumes: must be a list, not text"],
    [
      "image: x, volumes: [a/b:/a]",
      '.volumes[0]: "a/b" is neither a path nor the name of a volume: a path starts with /, ./, ../ or ~/, a name has two or more letters, digits, _, . and -',
    ],
    [
      "image: x, volumes: ['aa:/a', ~]",
      '.volumes[1]: must be text, not nothing; for an empty text, write ""',
    ],
    [
      "image: x, log_volume: ./logs",
      '.log_volume: "./logs" is no mount: it is host:container or host:container:options, with a folder of the host or the name of a volume before the first colon',
    ],
    ["image: x, ports: 80", ".ports: must be a list, not a number"],
    [
      "image: x, ports: [80, 70000]",
      '.ports[1]: "70000" is no port or range of ports: they go from 1 to 65535, the lower one first',
    ],
    [
      "image: x, ports: [0123.5]",
      '.ports[0]: "0123.5" is no port or range of ports: they go from 1 to 65535, the lower one first',
    ],
    [
      "image: x, runtime: lxc",
      '.runtime: "lxc" is not known; it is podman or docker',
    ],
    ["log: true", `.log: must be text, not a boolean; ${quote("true")}`],
    ["log: stdout", '.log: "stdout" is not known; it is file or none'],
    [
      "log_max_size: 10 apples",
      '.log_max_size: "10 apples" is no size: it is a whole number of bytes, or of k, M or G, such as 65536, 500k, 10M or 10MiB (k is 1024 bytes, M is 1024 k, G is 1024 M)',
    ],
    [
      "log_max_size: 1e6",
      '.log_max_size: "1e6" is no size: it is a whole number of bytes, or of k, M or G, such as 65536, 500k, 10M or 10MiB (k is 1024 bytes, M is 1024 k, G is 1024 M)',
    ],
    [
      "log_max_size: 2T",
      ".log_max_size: must be a whole number of bytes from 65536 (64 KiB) to 1099511627776 (1 TiB), not 2199023255552",
    ],
    ['log_files: "5"', '.log_files: must be a decimal number, not text "5"'],
    [
      "log_files: 1.5",
      ".log_files: must be a whole number of files from 1 to 1000, not 1.5",
    ],
    [
      "stop_signal: 15",
      '.stop_signal: "15" is no signal to stop a session with; it is SIGHUP, SIGINT, SIGQUIT, SIGABRT, SIGKILL, SIGUSR1, SIGUSR2, SIGPIPE, SIGALRM or SIGTERM, with or without SIG',
    ],
    [
      "stop_timeout: 30s",
      '.stop_timeout: must be a decimal number, not text "30s"',
    ],
    [
      "stop_timeout: 0b11",
      '.stop_timeout: must be a decimal number, not text "0b11"',
    ],
    [
      "stop_timeout: 1_0",
      '.stop_timeout: must be a decimal number, not text "1_0"',
    ],
    [
      "stop_timeout: 0o10",
      '.stop_timeout: must be a decimal number, not text "0o10"',
    ],
    [
      "stop_timeout: 010",
      ".stop_timeout: 010 begins with 0, which some read as octal: write 10",
    ],
    [
      "log_max_size: 0100k",
      ".log_max_size: 0100k begins with 0, which some read as octal: leave the 0 out",
    ],
    [
      "stop_timeout: -1",
      ".stop_timeout: must be a number of seconds from 0 to 86400, not -1",
    ],
    [
      "restart: false",
      `.restart: must be text, not a boolean; ${quote("false")}`,
    ],
    [
      "restart: never",
      '.restart: "never" is no restart policy; it is no, on-failure, on-failure:N, always or unless-stopped',
    ],
    [
      "restart: always",
      '.restart: "always" needs a command: an interactive shell is not restarted; add a command, or leave it out',
    ],
    [
      "socket_name: a/b",
      '.socket_name: "a/b" cannot name a tmux socket: it is a file name without a slash',
    ],
  ];
  for (const [fields, message] of cases) {
    await t.step(fields, () => {
      const [key] = fields.split(":");
      const path = message.startsWith(":") ? `.${key}${message}` : message;
      assertEquals(
        messageOf(() => session(`{ ${fields} }`)),
        `ops.yml: ops.sessions.s${path}`,
      );
    });
  }
});

Deno.test("toOpsConfig() refuses a mount that becomes one with a colon", () => {
  const { ops } = parseDocument(
    "ops: { sessions: { s: { image: x, volumes: [./a:/a] } } }",
    { path: "/srv/c:d/ops.yml", label: "ops.yml" },
  );

  assertEquals(
    messageOf(() => toOpsConfig(ops, { home: () => undefined })),
    'ops.yml: ops.sessions.s.volumes[0]: lies on the host in "/srv/c:d/a", ' +
      "and a mount cannot hold a path with a colon: move it, or link to it " +
      "from elsewhere",
  );
});

Deno.test("toOpsConfig() says if there is no home for ~", () => {
  const { ops } = parseDocument(
    "ops: { sessions: { s: { working_dir: ~/x } } }",
    ORIGIN,
  );

  assertEquals(
    messageOf(() => toOpsConfig(ops, { home: () => undefined })),
    'ops.yml: ops.sessions.s.working_dir: "~/x" cannot be expanded: HOME is ' +
      "not set to an absolute path",
  );
});

Deno.test("toOpsConfig() reads which engines are asked", () => {
  const engines = (list: string, more = "") =>
    read(`ops: { engines: ${list} ${more} }`);
  assertEquals(read("ops: {}").engines, ["tmux", "podman", "docker"]);
  assertEquals(engines("[docker, tmux]").engines, ["docker", "tmux"]);
  // What is left is what is meant.
  assertEquals(engines("[tmux, docker]").containerRuntime, "docker");
  assertEquals(engines("[tmux]").containerRuntime, null);
  assertEquals(engines("[podman]").defaultBackend, "container");
  assertEquals(engines("[podman]").containerRuntime, "podman");
  const web = "sessions: { web: { backend: container, image: x } }";
  const config = engines("[tmux, docker]", `, ${web}`).sessions.get("web")!;
  assertEquals(config.config.runtime, "docker");
});

const leftOut: [ops: string, says: string][] = [
  ["engines: tmux", "ops.engines: must be a list"],
  ["engines: []", "ops.engines: names no engine: tmux, podman, docker"],
  ["engines: [tmux, vm]", 'ops.engines[1]: "vm" is not known'],
  [
    "engines: [docker], default_backend: tmux",
    "ops.default_backend: needs tmux, which ops.engines leaves out: add it there",
  ],
  [
    "engines: [tmux, podman], container_runtime: docker",
    "ops.container_runtime: needs docker, which ops.engines leaves out",
  ],
  [
    "engines: [tmux], sessions: { w: { image: x } }",
    "ops.sessions.w: needs podman or docker, which ops.engines leaves out",
  ],
  [
    "engines: [tmux, podman], sessions: { w: { image: x, runtime: docker } }",
    "ops.sessions.w.runtime: needs docker, which ops.engines leaves out",
  ],
  [
    "engines: [podman], sessions: { b: { backend: tmux, command: x } }",
    "ops.sessions.b.backend: needs tmux, which ops.engines leaves out",
  ],
];

for (const [ops, says] of leftOut) {
  Deno.test(`toOpsConfig() refuses: ${ops}`, () => {
    assertStringIncludes(messageOf(() => read(`ops: { ${ops} }`)), says);
  });
}
