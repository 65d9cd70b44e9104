import { assert, assertEquals, assertFalse } from "@std/assert";
import {
  launcherArgv,
  OVERRIDDEN_VARIABLES,
  shellArgv,
  travelName,
} from "../../../src/tmux/launcher.ts";

Deno.test("the command is passed as arguments, never as text to parse", () => {
  const command = ["prog", "$(touch x)", "a;b", "", "x\ny"];
  const argv = launcherArgv(command, {}, "/opt/tmux");
  assertEquals(argv.slice(0, 2), ["sh", "-c"]);
  assertEquals(argv.slice(3), ["kstlib-ops", "/opt/tmux", ...command]);
  assertEquals(argv[2], launcherArgv(["other"], {}, "tmux")[2]);
});

Deno.test("the launcher names no variable of the session, and no value", () => {
  const [, , text] = launcherArgv(["x"], { SECRET: "hunter2" }, "tmux");
  assertEquals(text, launcherArgv(["x"], {}, "tmux")[2]);
});

for (const name of OVERRIDDEN_VARIABLES) {
  Deno.test(`${name} is put right just before the command`, () => {
    const env = { [name]: "hunter2" };
    const travels = travelName(name);
    const restored = `${name}=$${travels}; export ${name}; unset ${travels};`;
    const [, , text = ""] = launcherArgv(["x"], env, "tmux");
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
