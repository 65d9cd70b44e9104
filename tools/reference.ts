/**
 * Writes what is told of the command line anywhere but in its help: the man
 * page, the reference and the page of permissions; and the schema of the
 * configuration. `deno task reference` after a change to a command or a key; a
 * test fails until then.
 */
import config from "../deno.json" with { type: "json" };
import { schemaText } from "../src/config/json_schema.ts";
import { COMMANDS } from "../src/cli/commands/table.ts";
import { loadCommands } from "../src/cli/shell/loaded.ts";
import { manPage } from "./reference/man.ts";
import { markdownReference, permissionsTable } from "./reference/markdown.ts";

const ROOT = new URL("../", import.meta.url);

/** Every file with something generated in it, as it should be. */
export async function references(): Promise<Record<string, string>> {
  const commands = await loadCommands(COMMANDS);
  const page = await Deno.readTextFile(new URL("docs/permissions.md", ROOT));
  return {
    "kstlib.conf.schema.json": schemaText(),
    "docs/ops.1": manPage(commands, config.version),
    "docs/reference.md": markdownReference(commands),
    "docs/permissions.md": replaceBlock(
      page,
      "permissions",
      permissionsTable(),
    ),
  };
}

/**
 * Puts a text between `<!-- begin NAME… -->` and `<!-- end NAME -->`.
 *
 * @throws {Error} If these are not there.
 */
export function replaceBlock(
  text: string,
  name: string,
  block: string,
): string {
  const form = new RegExp(
    `(<!-- begin ${name}\\b.*-->\n)[^]*(<!-- end ${name} -->)`,
  );
  if (!form.test(text)) throw new Error(`no block ${name}`);
  return text.replace(form, (_, begin, end) => `${begin}\n${block}\n\n${end}`);
}

if (import.meta.main) {
  await Deno.mkdir(new URL("docs", ROOT), { recursive: true });
  for (const [path, text] of Object.entries(await references())) {
    await Deno.writeTextFile(new URL(path, ROOT), text);
  }
}
