import { assertEquals, assertNotEquals } from "@std/assert";
import { DEFAULTS } from "../../../src/config/defaults.ts";
import { parseDocument } from "../../../src/config/parse.ts";
import { OPS_KEYS, toOpsConfig } from "../../../src/config/schema.ts";
import { SESSION_KEYS } from "../../../src/config/session.ts";
import type { OpsConfig } from "../../../src/config/schema.ts";

const path = new URL("../../../kstlib.conf.yml", import.meta.url).pathname;
const origin = { path, label: "kstlib.conf.yml" };
const sample = Deno.readTextFileSync(path);
/** The sample with every option in use: `#key` becomes `key`. */
const full = sample.replace(/^( *)#(?! |$)/gm, "$1");

function read(text: string): OpsConfig {
  return toOpsConfig(parseDocument(text, origin).ops, {
    home: () => "/home/kim",
  });
}

Deno.test("kstlib.conf.yml has the built-in settings, in use or not", () => {
  for (const text of [sample, full]) {
    const { sessions: _sessions, groups: _groups, ...settings } = read(text);
    assertEquals({ ...DEFAULTS, ...settings }, { ...DEFAULTS });
  }
});

Deno.test("kstlib.conf.yml shows every key there is", () => {
  for (const key of [...OPS_KEYS, ...SESSION_KEYS]) {
    assertEquals([key, new RegExp(`^ *${key}:`, "m").test(full)], [key, true]);
  }
});

Deno.test("kstlib.conf.yml defines the demo, and examples that are valid", () => {
  assertEquals([...read(sample).sessions.keys()], ["demo"]);
  assertEquals([...read(full).sessions.keys()], ["demo", "bot-1", "web"]);
  assertEquals(read(sample).sessions.get("demo")!.config.backend, "tmux");
  assertEquals(read(full).sessions.get("web")!.config.backend, "container");
  assertNotEquals(parseDocument(full, origin).include, undefined);
});
