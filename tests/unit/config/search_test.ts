import { assertEquals } from "@std/assert";
import { lackOfHome } from "../../../src/config/search.ts";

const FILES = "~/.config/kstlib.conf.yml and ~/kstlib.conf.yml are not " +
  "looked for";
const LOGS = "no logs and no history are kept";

const cases: [
  env: Record<string, string>,
  file: string | undefined,
  lacks: string[],
][] = [
  [{ HOME: "/home/kim" }, undefined, []],
  [{}, undefined, [FILES, LOGS]],
  [{ HOME: "kim" }, undefined, [FILES, LOGS]],
  [{}, "ops.yml", [LOGS]],
  [{ CONFIG_PATH: "ops.yml" }, undefined, [LOGS]],
  [{ XDG_CONFIG_HOME: "/etc/kim" }, undefined, [LOGS]],
  [{ XDG_CONFIG_HOME: "kim" }, undefined, [FILES, LOGS]],
  [{ XDG_STATE_HOME: "/var/kim" }, undefined, [FILES]],
  [{ XDG_STATE_HOME: "/var/kim" }, "ops.yml", []],
];

for (const [env, file, lacks] of cases) {
  const name = `lackOfHome() with ${JSON.stringify({ ...env, file })}`;
  Deno.test({
    name,
    ignore: Deno.build.os === "windows",
    fn: () => {
      const told = lackOfHome(file, (name) => env[name]);
      const expected = lacks.length === 0
        ? null
        : `HOME is not set to an absolute path: ${lacks.join(", and ")}`;
      assertEquals(told, expected);
    },
  });
}
