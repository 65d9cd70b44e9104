/**
 * Writes the shell scripts of `src/` as text into the module beside them, since
 * JSR publishes no module that imports a text: `deno task scripts`. `--check`
 * only says whether that is still to be done.
 */

/** The modules, and the scripts that each is made of. */
const MODULES: Record<string, Record<string, string>> = {
  "src/engines/tmux/scripts.ts": {
    LAUNCHER: "src/engines/tmux/launcher.sh",
    LOG_WRITER: "src/engines/tmux/log_writer.sh",
    RESPAWNED: "src/engines/tmux/respawned.sh",
  },
};

/** The module that holds these scripts, without their comments. */
export function moduleOf(scripts: Record<string, string>): string {
  const constants = Object.entries(scripts).map(([name, text]) => {
    const code = text.split("\n").map((line) => line.trim())
      .filter((line) => line !== "" && !line.startsWith("#")).join("\n");
    const escaped = code.replace(/[\\`]|\$(?=\{)/g, "\\$&");
    return `export const ${name} = \`${escaped}\`;\n`;
  });
  return "// Made by `deno task scripts` of the scripts beside it.\n" +
    `// deno-fmt-ignore-file\n${constants.join("")}`;
}

if (import.meta.main) {
  for (const [path, scripts] of Object.entries(MODULES)) {
    const texts = Object.fromEntries(
      Object.entries(scripts).map((
        [name, script],
      ) => [name, Deno.readTextFileSync(script)]),
    );
    const module = moduleOf(texts);
    if (!Deno.args.includes("--check")) {
      Deno.writeTextFileSync(path, module);
    } else if (Deno.readTextFileSync(path) !== module) {
      console.error(`${path} is not up to date: run "deno task scripts"`);
      Deno.exit(1);
    }
  }
}
