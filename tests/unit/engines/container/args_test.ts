import { assertEquals } from "@std/assert";
import {
  attachArgs,
  deliverEnv,
  execArgs,
  type Init,
  logLimits,
  logsArgs,
  runArgs,
  stopArgs,
} from "../../../../src/engines/container/args.ts";
import {
  SessionConfig,
  type SessionConfigOptions,
} from "../../../../src/core/definition.ts";

/** The argv of a run, without what every run has. */
function argv(
  options: Partial<SessionConfigOptions> = {},
  init: Init = false,
): string[] {
  const config = new SessionConfig({ name: "web", ...options });
  const delivery = deliverEnv(config.env);
  const how = { image: "nginx:1", delivery, pull: "never", run: 7 } as const;
  const args = runArgs(config, { ...how, init });
  // deno-fmt-ignore
  const always = [
    "run", "--detach", "--interactive", "--tty", "--name", "web",
    "--label", "io.kstlib.ops.managed=true",
    "--label", "io.kstlib.ops.name=web", "--label", "io.kstlib.ops.run=7",
    "--pull=never",
  ];
  assertEquals(args.slice(0, always.length), always);
  return args.slice(always.length);
}

const runs: Array<[Partial<SessionConfigOptions>, argv: string[]]> = [
  [{}, ["nginx:1"]],
  [{ command: "sh -c 'a b'" }, ["nginx:1", "sh", "-c", "a b"]],
  [{ command: ["sh", "-c 'a b'"] }, ["nginx:1", "sh", "-c 'a b'"]],
  [{ command: ["--rm", "-x"] }, ["nginx:1", "--rm", "-x"]],
  [{ workingDir: "/srv" }, ["--workdir", "/srv", "nginx:1"]],
  [
    { volumes: ["/a:/b", "data:/d:ro"], logVolume: "/l:/m" },
    ["--volume", "/a:/b", "--volume", "data:/d:ro", "--volume", "/l:/m"]
      .concat("nginx:1"),
  ],
  [
    { ports: ["80", "[::1]:1:2/udp"] },
    ["--publish", "80", "--publish", "[::1]:1:2/udp", "nginx:1"],
  ],
  [
    {
      command: ["x"],
      restart: "on-failure:3",
      stopSignal: "int",
      stopTimeout: 1.5,
    },
    ["--restart", "on-failure:3", "--stop-signal", "SIGINT"]
      .concat("--stop-timeout", "2", "nginx:1", "x"),
  ],
  [{ log: "file" }, ["nginx:1"]],
  [{ log: "none" }, ["--label", "io.kstlib.ops.log=none", "nginx:1"]],
  [
    { logMaxSize: 65_536, logFiles: 2 },
    ["--label", "io.kstlib.ops.log=65536*2", "nginx:1"],
  ],
  [{ env: { A: "secret" } }, ["--env", "A", "nginx:1"]],
  [{ env: { PATH: "secret" } }, ["--env-file", "/dev/stdin", "nginx:1"]],
];

for (const [options, expected] of runs) {
  Deno.test(`run: ${JSON.stringify(options)}`, () => {
    assertEquals(argv(options), expected);
  });
}

Deno.test("run: an init, the runtime's own or another", () => {
  const path = "/usr/bin/tini-static";
  assertEquals(argv({}, true), ["--init", "nginx:1"]);
  assertEquals(argv({}, path), ["--init", "--init-path", path, "nginx:1"]);
});

Deno.test("how much of a log is kept stands in a label", () => {
  const limits = (label: string) => logLimits({ "io.kstlib.ops.log": label });
  const usual = { maxSize: 10_485_760, maxFiles: 5 };
  assertEquals(limits("65536*2"), { maxSize: 65_536, maxFiles: 2 });
  assertEquals(limits("none"), null);
  assertEquals(logLimits({}), usual);
  for (const label of ["", "0*1", "1*", "a*b", "1*2*3"]) {
    assertEquals(limits(label), usual, label);
  }
});

const byName = [
  ...["A", "path_to", "MYPATH", "PATHS", "HOMEPAGE", "USERNAME", "TERMINAL"],
  ...["LDAP_URL", "DOCKERFILE", "GOOGLE_KEY", "GOPATH", "SSH_PRIVATE_KEY"],
  ...["SSL_CERT_PEM", "STORAGEKEY", "PROXY", "MY_DOCKER_HOST", "X_LD_PRELOAD"],
];
const byFile = [
  ...["PATH", "HOME", "USER", "SHELL", "TERM", "TMPDIR", "LD_LIBRARY_PATH"],
  ...["LD_PRELOAD", "DYLD_INSERT_LIBRARIES", "DOCKER_HOST", "DOCKER_CONTEXT"],
  ...["CONTAINER_HOST", "CONTAINERS_CONF", "_CONTAINERS_ROOTLESS_UID"],
  ...["XDG_RUNTIME_DIR", "HTTPS_PROXY", "no_proxy", "GODEBUG", "GOMAXPROCS"],
  ...["SSH_AUTH_SOCK", "SSL_CERT_FILE", "STORAGE_DRIVER", "REGISTRY_AUTH_FILE"],
  ...["NOTIFY_SOCKET", "BUILDAH_FORMAT", "DBUS_SESSION_BUS_ADDRESS"],
];

Deno.test("what the client does not read reaches the container by name", () => {
  const env = Object.fromEntries(byName.map((name) => [name, "a\n='b'"]));
  assertEquals(deliverEnv(env), {
    byName: env,
    fileLines: [],
    impossible: [],
  });
});

Deno.test("what would change the client reaches the container by a file", () => {
  const env = Object.fromEntries(byFile.map((name) => [name, "a ='b' "]));
  assertEquals(deliverEnv(env), {
    byName: {},
    fileLines: byFile.map((name) => `${name}=a ='b' `),
    impossible: [],
  });
});

Deno.test("a file's line holds no line break, and not quite 64 KiB", () => {
  const env = { A: "1\n2", PATH: "/a\n/b", HOME: "/\r", TERM: "" };
  assertEquals(deliverEnv(env).impossible, ["PATH", "HOME"]);
  const most = 65_535 - "LD_X=".length;
  const sized = (value: string) => deliverEnv({ LD_X: value }).impossible;
  assertEquals(sized("x".repeat(most)), []);
  assertEquals(sized("x".repeat(most + 1)), ["LD_X"]);
  assertEquals(sized("ü".repeat(most / 2 + 1)), ["LD_X"]);
});

Deno.test("what else is said", () => {
  assertEquals(stopArgs("id", 10), ["stop", "--time", "10", "id"]);
  assertEquals(stopArgs("id", 0.2), ["stop", "--time", "1", "id"]);
  assertEquals(stopArgs("id", 0), ["stop", "--time", "0", "id"]);
  assertEquals(logsArgs("id"), ["logs", "id"]);
  assertEquals(logsArgs("id", { tail: 5 }), ["logs", "--tail", "5", "id"]);
  assertEquals(
    logsArgs("id", {
      tail: 0,
      since: new Date(0),
      timestamps: true,
      follow: true,
    }),
    ["logs", "--follow", "--tail", "0", "--since", "1970-01-01T00:00:00.000Z"]
      .concat("--timestamps", "id"),
  );
  const args = ["attach", "--sig-proxy=false"];
  assertEquals(attachArgs("id", true), [...args, "id"]);
  assertEquals(attachArgs("id", false), [...args, "--no-stdin", "id"]);
  assertEquals(
    execArgs("id", ["sh", "-c", "-x"], { interactive: true, tty: false }),
    ["exec", "--interactive", "id", "sh", "-c", "-x"],
  );
  assertEquals(
    execArgs("id", ["sh"], { interactive: true, tty: true }),
    ["exec", "--interactive", "--tty", "id", "sh"],
  );
});
