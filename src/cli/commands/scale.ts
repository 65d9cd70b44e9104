/** `ops scale`: makes another number of replicas run. */
import { loadConfigLazily } from "../../config/lazy.ts";
import type { LoadedConfig } from "../../config/model.ts";
import { replicasOf } from "../../config/names.ts";
import {
  isReplicaOf,
  MAX_REPLICAS,
  replicaName,
} from "../../config/replicas.ts";
import { SessionNotFoundError } from "../../core/errors.ts";
import { askWhether } from "../../core/suggest.ts";
import type { PlanOptions } from "../../plan/plan.ts";
import { UsageError } from "../errors.ts";
import type { Command, Input } from "../grammar/command.ts";
import type { Context } from "../shell/context.ts";
import { note } from "../shell/report.ts";
import { carryOut, configToPlan, planFlags } from "./shared/plan_run.ts";

const flags = {
  "dry-run": planFlags["dry-run"],
} as const;

/** `ops scale` */
export const scale: Command<typeof flags> = {
  description: [
    "Starts or stops replicas so that as many run as is said, now: those with " +
    "the lowest numbers. The file stays as it is: the next ops up goes by it, " +
    "and starts what is missing; what is too much is stopped by ops up " +
    "--remove-orphans.",
  ],
  operands: [
    { name: "NAME", summary: "What is defined with replicas" },
    { name: "NUMBER", summary: `How many are to run, 1 to ${MAX_REPLICAS}` },
  ],
  flags,
  examples: [
    { does: "Have five workers", line: "ops scale worker 5" },
  ],
  exitCodes: [
    [0, "as many run"],
    [1, "something failed"],
    [3, "no such definition: nothing was touched"],
    [4, "the configuration is wrong, or has too few ports for so many"],
  ],
  run: (context, input) => runScale(context, input),
};

/** Runs `ops scale`. */
export async function runScale(
  context: Context,
  { flags: given, operands }: Input<typeof flags>,
  load: typeof loadConfigLazily = loadConfigLazily,
): Promise<number> {
  const [name = "", text = ""] = operands;
  const count = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(count >= 1 && count <= MAX_REPLICAS)) {
    throw new UsageError(
      `NUMBER must be a whole number from 1 to ${MAX_REPLICAS}, not ` +
        JSON.stringify(text),
      count === 0 ? `to stop all: ops stop ${name}` : undefined,
    );
  }
  const defined = await configToPlan(context, given.config, load);
  const before = mustHaveReplicas(name, defined);
  const replicas = new Map([[name, count]]);
  const config = await configToPlan(
    context,
    given.config,
    (options) => load({ ...options, replicas }),
  );
  const options: PlanOptions = {
    names: Array.from({ length: count }, (_, i) => replicaName(name, i + 1)),
    withNeeds: false,
    recreate: "never",
    removeOrphans: (orphan) => isReplicaOf(orphan, name),
  };
  const { "dry-run": dryRun } = given;
  const how = { dryRun, command: "scale" };
  const code = await carryOut(context, config, options, how);
  if (count !== before && !dryRun) {
    const next = count < before
      ? '"ops up" starts the others'
      : '"ops up --remove-orphans" stops the others';
    note(`The configuration says ${before}: ${next}.`, context);
  }
  return code;
}

/** How many replicas are defined. */
function mustHaveReplicas(name: string, { sessions }: LoadedConfig): number {
  const { length } = replicasOf(name, sessions);
  if (length > 0) return length;
  const definition = sessions.get(name);
  const { replicaOf } = definition ?? {};
  if (replicaOf !== undefined) {
    throw new UsageError(
      `"${name}" is a replica`,
      `it is "${replicaOf}" that is scaled`,
    );
  }
  if (definition !== undefined) {
    throw new UsageError(
      `"${name}" is defined without replicas`,
      "write replicas: 1 in its definition",
    );
  }
  const names = [...sessions.values()].flatMap((it) => it.replicaOf ?? []);
  throw new SessionNotFoundError(
    name,
    "the configuration",
    askWhether(name, new Set(names)),
  );
}
