import { assertEquals, assertThrows } from "@std/assert";
import { membersOf } from "../../../src/config/names.ts";
import { parseDocument } from "../../../src/config/parse.ts";
import { isReplicaOf } from "../../../src/config/replicas.ts";
import { toOpsConfig } from "../../../src/config/schema.ts";
import { Variables } from "../../../src/config/variables.ts";
import { SessionConfigError } from "../../../src/core/errors.ts";

const ORIGIN = { path: "/srv/ops.yml", label: "ops.yml" };

function read(sessions: string, more = "") {
  const { ops } = parseDocument(
    `ops:\n  sessions:\n${sessions}${more}`,
    ORIGIN,
  );
  const env = (name: string) => ({ N: "2", P: "7000" })[name];
  const variables = new Variables({ env, cwd: "/srv" });
  return toOpsConfig(ops, { home: () => "/home", variables });
}

Deno.test("replicas: one definition each, numbered in texts and variables", () => {
  const { sessions } = read(`
    worker:
      replicas: \${N}
      command: ./worker --id \${REPLICA} \${HOME} $\${REPLICA}
      working_dir: ./w\${REPLICA}
      env: {A: "a\${REPLICA}", OPS_REPLICA: "9"}
    other: {command: [echo, "\${REPLICA}"]}
`);
  assertEquals([...sessions.keys()], ["worker-1", "worker-2", "other"]);
  const { config, replicaOf } = sessions.get("worker-2")!;
  assertEquals([config.name, replicaOf], ["worker-2", "worker"]);
  assertEquals(config.command, "./worker --id 2 ${HOME} $${REPLICA}");
  assertEquals(config.workingDir, "/srv/w2");
  assertEquals({ ...config.env }, { A: "a2", OPS_REPLICA: "2" });
  const other = sessions.get("other")!;
  assertEquals(other.config.command, ["echo", "${REPLICA}"]);
  assertEquals({ ...other.config.env }, {});
  assertEquals("replicaOf" in other, false);
});

Deno.test("replicas: their name means all of them", () => {
  const config = read(
    `
    worker: {replicas: 2, group: [w]}
    app: {depends_on: {worker: {condition: exited}}}
    db: {depends_on: [worker-2]}
`,
    "  groups: {all: [worker, db]}\n",
  );
  assertEquals(membersOf("worker", config), ["worker-1", "worker-2"]);
  assertEquals(membersOf("worker-1", config), null);
  assertEquals(Object.fromEntries(config.groups), {
    w: ["worker-1", "worker-2"],
    all: ["worker-1", "worker-2", "db"],
  });
  const needs = (name: string) => config.sessions.get(name)!.needs;
  assertEquals(needs("app")?.map(({ name, condition }) => [name, condition]), [
    ["worker-1", "exited"],
    ["worker-2", "exited"],
  ]);
  assertEquals(needs("db")?.map(({ name }) => name), ["worker-2"]);
});

Deno.test("replicas take the ports of a range in order", () => {
  const { sessions } = read(`
    web:
      image: x
      replicas: 3
      ports:
        - "8080-8085:80"
        - "127.0.0.1:\${P}-7002:81/udp"
        - "[::1]:9000-9002:82"
        - "60\${REPLICA}:83"
        - 84
        - "0:85"
        - "86-87"
`);
  assertEquals(sessions.get("web-3")!.config.ports, [
    "8082:80",
    "127.0.0.1:7002:81/udp",
    "[::1]:9002:82",
    "603:83",
    "84",
    "0:85",
    "86-87",
  ]);
});

const wrong: Record<string, [sessions: string, ...messages: string[]]> = {
  "a number that is none": [
    "    a: {replicas: 0}\n    b: {replicas: 1.5}\n    c: {replicas: many}\n",
    "ops.yml:3:19: ops.sessions.a.replicas: must be a whole number from 1 to " +
    "1000, not 0",
    "ops.yml:4:19: ops.sessions.b.replicas: must be a whole number from 1 to " +
    "1000, not 1.5",
    "ops.yml:5:19: ops.sessions.c.replicas: must be a decimal number, not " +
    'text "many"',
  ],
  "names of others": [
    "    a: {replicas: 2}\n    a-2: {}\n",
    'ops.yml:3:5: ops.sessions.a: its replica "a-2" has the name of another ' +
    "session that is defined: rename one of them",
  ],
  "ports that are too few, each once": [
    "    w: {image: x, replicas: 3, ports: ['1:1', '8080-8081:80']}\n",
    "ops.yml:3:40: ops.sessions.w.ports[0]: is for 3 replicas, and one port " +
    "of the host is not enough: write a range of 3",
    "ops.yml:3:47: ops.sessions.w.ports[1]: is for 3 replicas, and a range of " +
    "2 ports of the host is not enough: write a range of 3",
  ],
  "to depend on themselves": [
    "    a: {replicas: 2, depends_on: [a]}\n",
    "ops.yml:3:35: ops.sessions.a.depends_on[0]: is the session itself",
  ],
  "what is wrong with all of them, once": [
    "    a: {replicas: 3, comand: x, stop_timeout: -1}\n",
    'ops.yml:3:22: ops.sessions.a.comand: is not known; did you mean "command"?',
    "ops.yml:3:47: ops.sessions.a.stop_timeout: must be a number of seconds " +
    "from 0 to 86400, not -1",
  ],
};

for (const [what, [sessions, ...messages]] of Object.entries(wrong)) {
  Deno.test(`replicas refuse ${what}`, () => {
    const error = assertThrows(() => read(sessions), SessionConfigError);
    assertEquals(error.problems.map(({ message }) => message), messages);
  });
}

Deno.test("replicas refuse a name that becomes too long", () => {
  const name = "a".repeat(63);
  const error = assertThrows(
    () => read(`    ${name}: {replicas: 2}\n`),
    SessionConfigError,
  );
  assertEquals(error.problems.length, 1);
  assertEquals(error.reason.includes("65 characters long"), true);
});

Deno.test("replicas: as many as the caller says, of what has some", () => {
  const { ops } = parseDocument(
    "ops: {sessions: {a: {replicas: 3}, b: {}, c: {replicas: 2}}}\n",
    ORIGIN,
  );
  const replicas = new Map([["a", 2], ["b", 5]]);
  const { sessions } = toOpsConfig(ops, { home: () => "/", replicas });
  assertEquals([...sessions.keys()], ["a-1", "a-2", "b", "c-1", "c-2"]);
});

Deno.test("isReplicaOf() knows the names that replicas have", () => {
  const names = ["a-1", "a-10", "a-0", "a-01", "a", "a-", "a-1-1", "ab-1"];
  assertEquals(names.filter((it) => isReplicaOf(it, "a")), ["a-1", "a-10"]);
});
