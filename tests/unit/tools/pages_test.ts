import { assert, assertEquals } from "@std/assert";
import { dirname } from "@std/path/posix/dirname";
import { join } from "@std/path/posix/join";
import { blocksOf, commandsOf, pages, proseOf } from "../../helpers/pages.ts";
import { ROOT } from "../../helpers/sandbox.ts";
import { World } from "../config/fixture.ts";

Deno.test("pages: the README is short", () => {
  const [readme] = pages();
  assertEquals(readme!.path, "README.md");
  assert(readme!.text.split("\n").length - 1 <= 150);
});

Deno.test("pages: the README leads to each of them", () => {
  const [readme, ...others] = pages();
  const missing = others.filter(({ path }) =>
    !readme!.text.includes(`](./${path})`)
  );
  assertEquals(missing.map(({ path }) => path), []);
});

Deno.test("pages: links lead somewhere", () => {
  const broken = pages().flatMap(({ path, text }) =>
    [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)].map((link) => link[1]!)
      .filter((link) => !link.includes("://") && !leads(path, link))
      .map((link) => `${path}: ${link}`)
  );
  assertEquals(broken, []);
});

for (const { path, text } of pages()) {
  for (const block of blocksOf(text, "yaml")) {
    Deno.test(`pages: the configuration in ${path} is right`, () => {
      using world = new World({
        "work/kstlib.conf.yml": block,
        "work/conf.d/more.yml": "ops: {}\n",
        "work/bot.env": "TOKEN=x\n",
      });
      assert(world.load().sessions.size > 1);
    });
  }
}

Deno.test("commandsOf() finds commands, and what they print", () => {
  const text = "```console\n$ ops send a b\n$ ops stop a\ndone\n```\n" +
    "ops no\n```sh\n# remark\nops a \\\n  -b &&\n  c # d\n\nops e\n```\n" +
    "```crontab\nPATH=/bin\n@reboot ops start\n```\n```yaml\nops: {}\n```\n";
  assertEquals(commandsOf(text), [
    { line: "ops send a b", output: [] },
    { line: "ops stop a", output: ["done"] },
    { line: "ops a -b && c # d", output: null },
    { line: "ops e", output: null },
    { line: "ops start", output: null },
  ]);
});

/** Whether a link of a page leads to a file, and to a heading in it. */
function leads(from: string, link: string): boolean {
  const [file, anchor] = link.split("#") as [string, string?];
  const path = file === "" ? from : join(dirname(from), file);
  try {
    const text = Deno.readTextFileSync(`${ROOT}${path}`);
    return anchor === undefined || anchorsOf(text).includes(anchor);
  } catch {
    return false;
  }
}

/** What the headings of a text are called in links. */
function anchorsOf(text: string): string[] {
  return [...proseOf(text).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!.toLowerCase().replace(/[^\p{L}\d _-]/gu, "").replaceAll(" ", "-")
  );
}
