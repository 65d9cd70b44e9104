import { assertEquals } from "@std/assert";
import { discover, originOf } from "../../../src/config/discover.ts";
import { messageOf } from "./fixture.ts";

/** The paths that are found, and who names them. */
function found(
  file: string | undefined,
  env: Readonly<Record<string, string>>,
  cwd = "/work",
): [string[], string | null] {
  const { files, namedBy } = discover(file, { cwd, env: (name) => env[name] });
  return [files.map(({ path }) => path), namedBy];
}

Deno.test("discover() searches from the user's to the working directory", () => {
  assertEquals(found(undefined, { HOME: "/home/kim" }), [[
    "/home/kim/.config/kstlib.conf.yml",
    "/home/kim/kstlib.conf.yml",
    "/work/kstlib.conf.yml",
  ], null]);
});

Deno.test("discover() heeds XDG_CONFIG_HOME if it is absolute", () => {
  assertEquals(
    found(undefined, { HOME: "/h", XDG_CONFIG_HOME: "/etc/xdg" })[0][0],
    "/etc/xdg/kstlib.conf.yml",
  );
  assertEquals(
    found(undefined, { HOME: "/h", XDG_CONFIG_HOME: "xdg" })[0][0],
    "/h/.config/kstlib.conf.yml",
  );
});

Deno.test("discover() does without a home", () => {
  assertEquals(found(undefined, {})[0], ["/work/kstlib.conf.yml"]);
  assertEquals(found(undefined, { HOME: "relative" })[0], [
    "/work/kstlib.conf.yml",
  ]);
});

Deno.test("discover() takes the one file that is named", () => {
  const env = { HOME: "/home/kim", CONFIG_PATH: "conf/ops.yml" };

  assertEquals(found(undefined, env), [["/work/conf/ops.yml"], "CONFIG_PATH"]);
  assertEquals(found("../ops.yml", env), [["/ops.yml"], "argument"]);
  assertEquals(found("~/ops.yml", env), [["/home/kim/ops.yml"], "argument"]);
  assertEquals(
    messageOf(() => found("~kim/ops.yml", env)),
    'config: "~kim/ops.yml" starts with the home of another user, which is ' +
      "not looked up: write the path in full, or ./~… for that very name",
  );
  assertEquals(messageOf(() => found("", env)), "config: is empty");
});

Deno.test("originOf() names a file as the user sees it", async (t) => {
  const cases: [path: string, cwd: string, label: string][] = [
    ["/work/ops.yml", "/work", "ops.yml"],
    ["/work/a/ops.yml", "/work", "a/ops.yml"],
    ["/work/..ops.yml", "/work", "..ops.yml"],
    ["/ops.yml", "/", "ops.yml"],
    ["/work2/ops.yml", "/work", "/work2/ops.yml"],
    ["/ops.yml", "/work", "/ops.yml"],
  ];
  for (const [path, cwd, label] of cases) {
    await t.step(`${path} from ${cwd}`, () => {
      assertEquals(originOf(path, cwd), { path, label });
    });
  }
});
