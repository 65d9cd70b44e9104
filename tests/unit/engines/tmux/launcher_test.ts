import { assert, assertEquals, assertFalse } from "@std/assert";
import {
  launchCommand,
  launchShell,
  type LaunchSpec,
  OVERRIDDEN_VARIABLES,
  travelName,
} from "../../../../src/engines/tmux/launcher.ts";

function launched(spec: Partial<LaunchSpec> = {}) {
  return launchCommand({
    name: "bot",
    command: ["x"],
    program: "$1",
    env: {},
    restart: { name: "no", maxRetries: null },
    tmuxBinary: "tmux",
    ...spec,
  });
}

Deno.test("neither the command nor the launcher stands in a command line", () => {
  const { argv } = launched({ command: ["python", "bot.py"] });
  assertEquals(argv, [
    ...["sh", "-c"],
    'eval "${KSTLIB_OPS_LAUNCHER:-$KSTLIB_OPS_RESPAWNED}"',
    "ops: bot",
  ]);
});

Deno.test("the command is passed word by word, never as text to parse", () => {
  const command = ["prog", "$(touch x)", "", "x\ny", "it's"];
  const { env } = launched({ command, tmuxBinary: "/opt/my tmux's" });
  assertEquals(
    env.KSTLIB_OPS_LAUNCH,
    "'/opt/my tmux'\\''s' 'no' '-' '' '5' '$1'",
  );
  assertEquals(
    command.map((_, i) => env[`KSTLIB_OPS_WORD_${i}`]),
    command,
  );
});

Deno.test("the session's variables are told apart from the launcher's", () => {
  const { env } = launched({ env: { SECRET: "hunter2" } });
  assertEquals(env.SECRET, "hunter2");
  assertFalse(env.KSTLIB_OPS_LAUNCH?.includes("hunter2"));
});

for (const name of OVERRIDDEN_VARIABLES) {
  Deno.test(`${name} is put right just before the command`, () => {
    const env = { [name]: "hunter2" };
    const travels = travelName(name);
    const command = launched({ env });
    assertEquals(command.env[travels], "hunter2");
    assertFalse(Object.hasOwn(command.env, name));
    assert(command.env.KSTLIB_OPS_LAUNCH?.includes(`'-' '${name}' '1'`));
    const restored = `${name}=$${travels}; export ${name}; unset ${travels};`;
    const text = launchShell(env).argv?.at(-1);
    assert(text?.startsWith(restored));
    assertFalse(text?.includes("hunter2"));
  });
}

Deno.test("a shell needs no help if tmux sets none of its variables", () => {
  assertEquals(launchShell({}).argv, null);
  assertEquals(launchShell({ LANG: "C", PATHS: "x" }).argv, null);
});

Deno.test("a name that every object has is no variable of the session", () => {
  assertEquals(launchShell(Object.create({ PATH: "/x" })).argv, null);
});

Deno.test("the launcher is told the policy and its most retries", () => {
  const { env } = launched({ restart: { name: "on-failure", maxRetries: 3 } });
  assert(env.KSTLIB_OPS_LAUNCH?.startsWith("'tmux' 'on-failure' '3' "));
});
