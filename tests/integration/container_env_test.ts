/** The environment arrives as it is, and nobody else sees it. */
import { assert, assertEquals, assertFalse, assertRejects } from "@std/assert";
import { OpsError, SessionConfigError } from "../../src/core/errors.ts";
import { forEachRuntime } from "../helpers/containers.ts";
import { processes } from "../helpers/processes.ts";

const awkward: Readonly<Record<string, string>> = {
  EMPTY: "",
  LINES: "a\nb\r\n\nc\n",
  QUOTES: `'single' "double" \`back\``,
  DOLLARS: "$HOME ${PATH} $(id) $$",
  EQUALS: "=a=b==",
  BLANKS: "  a\t b  ",
  COMMENT: "# no comment",
  BACKSLASHES: "\\ \\n \\\\",
  STARS: "* ? [a-z] {a,b}",
  UNICODE: "ünï 日本 \u{1f680}",
  ESCAPES: "\x1b[31m\x01\x7f",
  LARGE: "0123456789".repeat(5_000),
  GOOGLE_KEY: "-----BEGIN\nKEY-----\n",
  SSH_PRIVATE_KEY: "-----BEGIN\nKEY-----\n",
};

/** What would make the client another one, if it saw it. */
const clients: Readonly<Record<string, string>> = {
  PATH: "/nowhere:/bin:'a b' $HOME",
  HOME: "/no/such/home ",
  USER: "",
  TERM: "# strange",
  DOCKER_HOST: "unix:///nowhere",
  DOCKER_CONTEXT: "nowhere",
  CONTAINER_HOST: "unix:///nowhere",
  CONTAINERS_CONF: '/nowhere="quoted"',
  XDG_RUNTIME_DIR: "/nowhere",
  LD_LIBRARY_PATH: "/nowhere",
  LD_PRELOAD: "",
  HTTP_PROXY: "http://user:p%40ss@localhost:9/",
  LD_LARGE: "0123456789".repeat(6_500),
};

/** Shows the environment of the container's first process, NUL by NUL. */
const SHOW = ["sh", "-c", "cp /proc/1/environ /out/environ"];

forEachRuntime("awkward values arrive unchanged", async (it, sandbox) => {
  await Deno.mkdir(sandbox.path("out"));
  const env = { ...awkward, ...clients };
  const volumes = [`${sandbox.path("out")}:/out`];
  const { state, exitCode } = await it.start("env", SHOW, { env, volumes });
  assertEquals([state, exitCode], ["exited", 0]);
  const text = await Deno.readTextFile(sandbox.path("out/environ"));
  const seen = new Map(
    text.split("\0").map((line) => {
      const [name = "", ...value] = line.split("=");
      return [name, value.join("=")];
    }),
  );
  for (const [name, value] of Object.entries(env)) {
    assertEquals(seen.get(name), value, name);
  }
});

forEachRuntime(
  "the client's own environment is not the container's",
  async (it) => {
    Deno.env.set("OPS_TEST_OURS", "ours");
    try {
      await it.start("env", "sh -c 'echo [$OPS_TEST_OURS]'");
    } finally {
      Deno.env.delete("OPS_TEST_OURS");
    }
    assertEquals(await it.runner().logs(it.name("env")), "[]");
  },
);

forEachRuntime("no value is in any command line, at any moment", async (it) => {
  const secret = `secret-${crypto.randomUUID()}`;
  const env = { TOKEN: secret, DOCKER_CONFIG: secret, HOME: `/${secret}` };
  const seen = new Set<string>();
  let started = false;
  const watch = async () => {
    while (!started) {
      for (const { argv } of processes()) seen.add(argv.join(" "));
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  };
  const start = async () => {
    try {
      await it.start("secret", "sleep 1000", { env });
    } finally {
      started = true;
    }
  };
  await Promise.all([watch(), start()]);
  const lines = [...seen];
  // The watch is quick enough to see what it is about.
  assert(lines.some((line) => line.includes(it.name("secret"))));
  assertEquals(lines.filter((line) => line.includes(secret)), []);
  // Nor are they in the words of a failure.
  const error = await assertRejects(
    () => it.start("failure", "true", { env, volumes: ["/etc/passwd:/tmp"] }),
    OpsError,
  );
  assertFalse(error.message.includes(secret));
});

forEachRuntime("what cannot be carried is refused, by name", async (it) => {
  for (const PATH of ["/bin\n/usr/bin", "/bin".repeat(20_000)]) {
    const error = await assertRejects(
      () => it.start("env", "true", { env: { PATH } }),
      SessionConfigError,
      "line break or 64 KiB",
    );
    assertEquals(error.key, "env.PATH");
  }
  assertFalse(await it.runner().exists(it.name("env")));
});
