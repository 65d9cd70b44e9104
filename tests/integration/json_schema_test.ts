/**
 * The schema of the configuration, as an independent validator reads it: what
 * ops reads it lets pass, and what is wrong with one file by itself it refuses
 * as ops does.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { config, runConfig } from "../../src/cli/commands/config.ts";
import { schemaText } from "../../src/config/json_schema.ts";
import { npmPackageOrNull } from "../helpers/npm_package.ts";
import { blocksOf, pages } from "../helpers/pages.ts";
import { ROOT } from "../helpers/sandbox.ts";
import { input } from "../unit/cli/input.ts";
import { recorder } from "../unit/cli/recorder.ts";
import { World } from "../unit/config/fixture.ts";

const RIGHT: readonly string[] = [
  "",
  "ops:",
  "ops: {sessions: }",
  "ops: {log: , log_files: , engines: , container_runtime: null}",
  "other: {module: 1}\nops: {engines: [podman], log_max_size: 500 kB}",
  "ops: {sessions: {bot: }}",
  "ops: {sessions: {bot: {command: [nice, -n, 5, ''], env: {A: 1, B: ''}}}}",
  "ops: {sessions: {bot: {backend: tmux, image: , socket_name: bots}}}",
  "ops: {sessions: {bot: {restart: no, stop_signal: sigterm}}}",
  "ops: {sessions: {bot: {command: x, restart: on-failure:05}}}",
  "ops: {sessions: {b: {command: x, stop_timeout: 0.5, log: none}}}",
  "ops: {sessions: {w: {image: 'h:5000/a/b:1@sha256:" + "0".repeat(64) + "'}}}",
  "ops: {sessions: {w: {image: x, ports: [80, '1:2/UDP', '[::1]:8-9:8-9']}}}",
  "ops: {sessions: {w: {image: x, volumes: [da:/x, ~/a:/b, ./c:/d:ro]}}}",
  "ops: {sessions: {w: {image: x, working_dir: /srv, init: false}}}",
  "ops: {sessions: {a: , b: {depends_on: [a]}}}",
  "ops: {sessions: {a: , b: {depends_on: {a: {condition: exited_ok}}}}}",
  "ops: {sessions: {a: , b: {depends_on: {a: }}}}",
  "ops: {log_files: '${N:-3}', engines: ['${E:-tmux}'], log: '${L:-none}'}",
  "ops: {sessions: {b: {stop_timeout: '${T:-1}', env: {A: '${HOME}'}}}}",
  "ops: {sessions: {b: {command: x, restart: '${R:-no}', stop_signal: '${S:-TERM}'}}}",
  "ops: {sessions: {w: {image: '${I:-x}', ports: ['${P:-1}:1'], init: '${B:-true}'}}}",
  "ops: {sessions: {w: {backend: container, image: x, working_dir: '${D:-/}x'}}}",
  "ops: {sessions: {b: {command: [echo, '${x}'], socket_name: '${S:-s}'}}}",
  "ops: {sessions: {b: {env_file: bot.env}}}",
  "ops: {sessions: {b: {env_file: {path: no.env, required: false}}}}",
  "ops: {sessions: {b: {env_file: [no.env?, bot.env, {path: bot.env}]}}}",
  "ops: {sessions: {b: {env_file: {path: no.env, required: '${R:-false}'}}}}",
  "ops: {defaults: , sessions: {b: {env_file: }}}",
  "ops: {defaults: {image: x, socket_name: s, env: {A: '${HOME}'}, restart: no}}",
  "ops: {sessions: {b: , a: {depends_on: {b: {required: '${R:-false}'}}}}}",
  "ops: {sessions: {a: , b: {depends_on: {a: {condition: ready}}}}}",
  "ops: {sessions: {b: {ready: }}}",
  "ops: {sessions: {b: {ready: {log: ^up, port: 80, timeout: 5, interval: }}}}",
  "ops: {sessions: {b: {ready: {http: 'http://x/', command: [test, -e, 5]}}}}",
  "ops: {sessions: {b: {ready: {http: {url: 'https://x/', status: 401}}}}}",
  "ops: {sessions: {b: {success_exit_codes: [0, 130]}}}",
  "ops: {sessions: {a: {group: g}, b: {group: [g, h]}}, groups: {g: [a]}}",
  "ops: {sessions: {w: {image: x, replicas: 2, ports: ['1-2:80', 80]}}}",
  "ops: {sessions: {a: }, groups: {all: '*', h: [a, 'a*']}}",
];

const session = (...texts: readonly string[]) =>
  texts.map((text) => `ops: {sessions: {it: {${text}}}}`);

const WRONG: readonly string[] = [
  "- ops",
  "ops: 1",
  "ops: [sessions]",
  "include: 5",
  "include: /etc/ops.yml",
  "include: [../x.yml]",
  "include: x.txt",
  "ops: {sesions: {}}",
  "ops: {default_backend: podman}",
  "ops: {engines: []}",
  "ops: {engines: [lxc]}",
  "ops: {tmux_binary: ''}",
  "ops: {container_runtime: containerd}",
  "ops: {log: true}",
  "ops: {log_max_size: 10 elephants}",
  "ops: {log_max_size: 12}",
  "ops: {log_files: 0}",
  "ops: {log_files: 1.5}",
  "ops: {defaults: [x]}",
  "ops: {defaults: {comand: x}}",
  "ops: {defaults: {image: Nginx}}",
  "ops: {sessions: [bot]}",
  "ops: {sessions: {1bot: {}}}",
  "ops: {sessions: {bot: x}}",
  "ops: {sessions: {a: }, groups: {1g: [a]}}",
  "ops: {sessions: {a: }, groups: {g: []}}",
  "ops: {sessions: {a: }, groups: {g: {a: }}}",
  "ops: {sessions: {a: }, groups: [a]}",
  ...session(
    "replicas: 0",
    "replicas: some",
    "group: 1g",
    "group: [a b]",
    "comand: x",
    "command: ",
    "command: true",
    "command: ' '",
    "command: []",
    "command: ['', x]",
    "command: [x, [y]]",
    "backend: docker",
    "working_dir: 5",
    "working_dir: ''",
    "env: [A=1]",
    "env: {A: true}",
    "env: {1A: x}",
    "image: Nginx",
    "image: 'x:'",
    "image: x, runtime: crio",
    "image: x, ports: 80",
    "image: x, ports: ['80/http']",
    "image: x, ports: ['a:80']",
    "image: x, ports: [0]",
    "image: x, volumes: [/data]",
    "image: x, volumes: ['./a:b']",
    "image: x, volumes: ['a/b:/c']",
    "image: x, log_volume: [./a:/b]",
    "image: x, init: 1",
    "backend: tmux, image: x",
    "backend: tmux, ports: [80]",
    "backend: container, image: x, socket_name: s",
    "backend: container, image: x, working_dir: srv",
    "log: files",
    "log_max_size: 010",
    "log_files: many",
    "stop_signal: STOP",
    "stop_timeout: soon",
    "stop_timeout: -1",
    "restart: sometimes",
    "command: x, restart: always:3",
    "command: x, restart: on-failure:0",
    "socket_name: a/b",
    "depends_on: db",
    "depends_on: {x: {condition: ready to go}}",
    "depends_on: {x: {optional: true}}",
    "depends_on: {x: {required: maybe}}",
    "image: x, ports: ['$PORT:80']",
    "env_file: 5",
    "env_file: ''",
    "env_file: [[bot.env]]",
    "env_file: {required: false}",
    "env_file: {path: bot.env, optional: true}",
    "env_file: {path: bot.env, required: no}",
    "stop_timeout: $T",
    "ready: up",
    "ready: {}",
    "ready: {timeout: 5}",
    "ready: {port: }",
    "ready: {prot: 80}",
    "ready: {port: 0}",
    "ready: {port: '80'}",
    "ready: {log: ''}",
    "ready: {http: localhost}",
    "ready: {http: {status: 200}}",
    "ready: {http: {url: 'http://x', status: 99}}",
    "ready: {command: test -e x}",
    "ready: {command: []}",
    "ready: {port: 80, timeout: -1}",
    "ready: {port: 80, interval: 0}",
    "success_exit_codes: 0",
    "success_exit_codes: []",
    "success_exit_codes: [256]",
  ),
];

const [yaml, ajv] = await Promise.all([
  npmPackageOrNull("yaml@2.9.1", "yaml"),
  npmPackageOrNull("ajv@8.20.0", "ajv/dist/2020"),
]);
const ignore = yaml === null || ajv === null;

/** The schema in that validator, which also judges the schema itself. */
function validator(): (text: string) => boolean {
  const validate = new ajv.Ajv2020({
    strictSchema: true,
    allowUnionTypes: true,
  })
    .compile(JSON.parse(schemaText()));
  return (text) => validate(yaml.parse(text));
}

/** Whether ops takes a file. */
function isRead(text: string): boolean {
  using world = new World({
    "work/kstlib.conf.yml": text,
    "work/conf.d/bots.yml": "",
    "work/conf.d/more.yml": "",
    "work/bot.env": "",
  });
  try {
    world.load();
    return true;
  } catch {
    return false;
  }
}

Deno.test({
  name: "the schema and ops judge alike: right files",
  ignore,
  fn() {
    const accepts = validator();
    const sample = Deno.readTextFileSync(`${ROOT}kstlib.conf.yml`);
    const full = sample.replace(/^( *)#(?! |$)/gm, "$1");
    const shown = pages().flatMap(({ text }) => blocksOf(text, "yaml"));
    for (const text of [...RIGHT, sample, full, ...shown]) {
      assertEquals([text, isRead(text)], [text, true]);
      assertEquals([text, accepts(text)], [text, true]);
    }
  },
});

Deno.test(`ops config check says where each of ${WRONG.length} files is wrong`, async () => {
  for (const text of WRONG) {
    using world = new World({ "work/kstlib.conf.yml": text });
    const context = recorder({ json: true });
    const load = () => Promise.resolve(world.load());
    const given = input(config, "check");
    assertEquals([text, await runConfig(context, given, load)], [text, 4]);
    const { problems } = JSON.parse(context.out());
    assertEquals(problems.length > 0, true, text);
    for (const { file, line, column, key, reason, message } of problems) {
      assertEquals(
        [file, line, column > 0],
        ["kstlib.conf.yml", 1, true],
        text,
      );
      const isWhole = key === "" && /^is not a mapping/.test(reason);
      assertEquals(/^(ops|include)\b/.test(key) || isWhole, true, message);
      assertMatch(message, /^kstlib\.conf\.yml:1:\d+: [^\n]{20,}$/);
    }
  }
});

Deno.test({
  name: `the schema and ops judge alike: ${WRONG.length} wrong files`,
  ignore,
  fn() {
    const accepts = validator();
    const taken = WRONG.map((text) => [text, isRead(text), accepts(text)]);
    assertEquals(taken, WRONG.map((text) => [text, false, false]));
  },
});
