/** `ops version`: which ops this is. */
import type { Command } from "../grammar/command.ts";
import type { Context } from "../shell/context.ts";
import { ExitCode } from "../errors.ts";

const flags = {} as const;

/** `ops version` */
export const version: Command<typeof flags> = {
  description: [
    "The same as ops -V and ops --version. No engine is asked.",
  ],
  operands: [],
  flags,
  examples: [{ does: "Show the version", line: "ops version" }],
  run: (context) => runVersion(context),
};

/** Runs `ops version`. */
export async function runVersion(
  { json, stdout }: Pick<Context, "json" | "stdout">,
): Promise<number> {
  const { default: { version } } = await import("../../../deno.json", {
    with: { type: "json" },
  });
  if (json) {
    const { toJson } = await import("../render/json.ts");
    stdout.write(`${toJson({ version })}\n`);
  } else {
    stdout.write(`ops ${version}\n`);
  }
  return ExitCode.DONE;
}
