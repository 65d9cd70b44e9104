/** How `ops list --groups` shows the groups of the configuration. */
import { GROUP_SIGN } from "../../../config/names.ts";
import type { OpsConfig } from "../../../config/model.ts";
import { toJson } from "../../render/json.ts";
import { renderTable } from "../../render/table.ts";
import type { Context } from "../../shell/context.ts";
import { note } from "../../shell/report.ts";

/** Shows them, with the names of their sessions. */
export async function showGroups(
  groups: OpsConfig["groups"],
  { quiet }: { readonly quiet: boolean },
  context: Context,
): Promise<void> {
  const { stdout, json } = context;
  if (json) {
    stdout.write(`${toJson(Object.fromEntries(groups))}\n`);
  } else if (groups.size === 0) {
    note("No groups.", context);
  } else if (quiet) {
    for (const group of groups.keys()) stdout.write(`${GROUP_SIGN}${group}\n`);
  } else {
    stdout.write(
      await renderTable(
        [
          {
            header: "GROUP",
            cell: ([group]) => `${GROUP_SIGN}${group}`,
            brush: () => stdout.paint.bold,
          },
          { header: "SESSIONS", cell: ([, names]) => names.join(" ") },
        ],
        [...groups],
        stdout,
      ),
    );
  }
}
