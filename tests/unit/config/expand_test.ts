import { assertEquals, assertThrows } from "@std/assert";
import { expand, VariableError } from "../../../src/config/expand.ts";

const VALUES: Record<string, string> = { A: "a", EMPTY: "", R: "$A ${A}" };
const lookup = (name: string): string | undefined => VALUES[name];

Deno.test("expand() fills in what is named in braces, and nothing else", async (t) => {
  const cases: [text: string, said: string][] = [
    ["", ""],
    ["x", "x"],
    ["${A}", "a"],
    ["x${A}y${A}${EMPTY}z", "xayaz"],
    // What a variable holds is not looked at again.
    ["${R}", "$A ${A}"],
    ["${A:-b}${A-b}", "aa"],
    ["${EMPTY:-b}${EMPTY-b}", "b"],
    ["${NONE:-b}${NONE-b}", "bb"],
    ["${NONE:-}${NONE-}", ""],
    ["${NONE:-a b: $x {}", "a b: $x {"],
    ["${NONE:-${A}-${NONE:-${A}}}", "a-a"],
    ["${A:?is needed}${EMPTY?is needed}", "a"],
    ["${A:+b}${EMPTY:+b}${NONE:+b}", "b"],
    ["${A+b}${EMPTY+b}${NONE+b}", "bb"],
    ["${A:+<${A}>}", "<a>"],
    // The other word is not looked at.
    ["${A:-${NONE}}${NONE:+${NONE}}", "a"],
    ["$A pa$w0rd $1 $ $$ a$$b $", "$A pa$w0rd $1 $ $$ a$$b $"],
    ["$${A}", "${A}"],
    ["$$${A}", "$a"],
    ["$$$${A}", "$${A}"],
    ["$${A}$${", "${A}${"],
    ["$$$", "$$$"],
    ["{A} }", "{A} }"],
    ["${A}}", "a}"],
    ["${NONE:-$${A}", "${A"],
    ["${NONE:-\n}", "\n"],
  ];
  for (const [text, said] of cases) {
    await t.step(JSON.stringify(text), () => {
      assertEquals(expand(text, lookup), said);
    });
  }
});

Deno.test("expand() refuses what is not set, or is no variable", async (t) => {
  const cases: [text: string, reason: RegExp][] = [
    ["${NONE}", /^the variable NONE is not set: .*\$\{NONE:-a default\}/],
    ["${NONE}", /for the text itself write \$\$\{NONE\}$/],
    ["${NONE?}", /^the variable NONE is not set: /],
    ["${NONE:?see the wiki}", /^the variable NONE is not set: see the wiki$/],
    ["${EMPTY:?see the wiki}", /^the variable EMPTY is empty: see the wiki$/],
    ["${EMPTY:?}", /^the variable EMPTY is empty$/],
    ["x${A", /^has a "\$\{" that begins none of \$\{NAME\}, /],
    ["${NONE:-${A}", /^has a "\$\{"/],
    ["${}", /^has a "\$\{"/],
    ["${ A }", /^has a "\$\{"/],
    ["${1}", /^has a "\$\{"/],
    ["${user.name}", /for the text itself write "\$\$\{"$/],
    ["${A:=b}", /^has a "\$\{"/],
    ["${A:b}", /^has a "\$\{"/],
    ["${A%x}", /^has a "\$\{"/],
    ["${#A}", /^has a "\$\{"/],
    ["${N:-".repeat(12) + "}".repeat(12), /more than 10 deep$/],
  ];
  for (const [text, reason] of cases) {
    await t.step(text, () => {
      const { message } = assertThrows(
        () => expand(text, lookup),
        VariableError,
      );
      assertEquals([message, reason.test(message)], [message, true]);
    });
  }
});

Deno.test("expand() takes no longer than its text is long", () => {
  const many = "$".repeat(1_000_000);
  assertEquals(expand(`${many}{A}`, lookup).length, 500_003);
  assertEquals(expand("${A}".repeat(300_000), lookup).length, 300_000);
  assertThrows(() => expand("${A:-".repeat(300_000), lookup), VariableError);
});
