import { assert, assertEquals, assertFalse } from "@std/assert";
import {
  launcherArgv,
  type LaunchSpec,
  OVERRIDDEN_VARIABLES,
  shellArgv,
  travelName,
} from "../../../src/tmux/launcher.ts";

function launched(spec: Partial<LaunchSpec> = {}): string[] {
  return launcherArgv({
    command: ["x"],
    env: {},
    restart: { name: "no", maxRetries: null },
    tmuxBinary: "tmux",
    ...spec,
  });
}

Deno.test("the command is passed as arguments, never as text to parse", () => {
  const command = ["prog", "$(touch x)", "a;b", "", "x\ny"];
  const argv = launched({ command, tmuxBinary: "/opt/tmux" });
  assertEquals(argv.slice(0, 2), ["sh", "-c"]);
  assertEquals(argv.slice(3), ["kstlib-ops", "/opt/tmux", ...command]);
  assertEquals(argv[2], launched({ command: ["other"] })[2]);
});

Deno.test("the launcher names no variable of the session, and no value", () => {
  const [, , text] = launched({ env: { SECRET: "hunter2" } });
  assertEquals(text, launched()[2]);
});

for (const name of OVERRIDDEN_VARIABLES) {
  Deno.test(`${name} is put right just before the command`, () => {
    const env = { [name]: "hunter2" };
    const travels = travelName(name);
    const restored = `${name}=$${travels}; export ${name}; unset ${travels};`;
    const [, , text = ""] = launched({ env });
    assert(text.includes(`${restored} exec "$@"`));
    assert(shellArgv(env)?.at(-1)?.startsWith(restored));
    assertFalse(text.includes("hunter2"));
  });
}

Deno.test("a shell needs no help if tmux sets none of its variables", () => {
  assertEquals(shellArgv({}), null);
  assertEquals(shellArgv({ LANG: "C", PATHS: "x" }), null);
});

Deno.test("a name that every object has is no variable of the session", () => {
  assertEquals(shellArgv(Object.create({ PATH: "/x" })), null);
});

Deno.test("only a restart policy makes a launcher that loops", () => {
  assertFalse(launched()[2]?.includes("while :"));
  const [, , text = ""] = launched({
    restart: { name: "on-failure", maxRetries: 3 },
  });
  assert(text.includes("[ $kstlib_ops_code -ne 0 ]"));
  assert(text.includes("-lt 3 ]"));
  assertFalse(
    launched({ restart: { name: "always", maxRetries: null } })[2]
      ?.includes("-ne 0"),
  );
});
