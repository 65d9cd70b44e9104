/**
 * The `ops` command line, for `deno run` and `deno compile`.
 *
 * @example List every session on this host
 * ```sh
 * deno run -A jsr:@kstlib/ops/cli list
 * ```
 *
 * @module
 */
import { main } from "./src/cli/main.ts";

if (import.meta.main) Deno.exit(await main(Deno.args));
