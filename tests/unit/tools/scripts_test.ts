import { assertEquals } from "@std/assert";
import { LAUNCHER, LOG_WRITER } from "../../../src/engines/tmux/scripts.ts";
import { moduleOf } from "../../../tools/scripts.ts";

Deno.test("a script becomes a text, without its comments", () => {
  const script = '# why\n\nif a; then\n  echo "${b}" `c` \\n # d\nfi\n';
  const [, , constant = ""] = moduleOf({ IT: script }).split(/^(?=export)/m)
    .flatMap((part, i) => i === 0 ? ["", ""] : [part]);
  const text = new Function(constant.replace("export const IT =", "return "))();
  assertEquals(text, 'if a; then\necho "${b}" `c` \\n # d\nfi');
});

Deno.test("the modules are as the scripts beside them", () => {
  const codeOf = (path: string) =>
    Deno.readTextFileSync(path).split("\n").map((line) => line.trim())
      .filter((line) => line !== "" && !line.startsWith("#")).join("\n");
  assertEquals(LAUNCHER, codeOf("src/engines/tmux/launcher.sh"));
  assertEquals(LOG_WRITER, codeOf("src/engines/tmux/log_writer.sh"));
});
