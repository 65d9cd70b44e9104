/** One command for several sessions. */
import { OpsError } from "../../core/errors.ts";
import type { Context } from "./context.ts";
import { ExitCode } from "../errors.ts";
import { toJson } from "../render/json.ts";
import { reportError } from "./report.ts";

/** What is done for each session. */
export interface Task<Result> {
  /** Does it. */
  readonly work: (name: string) => Promise<Result>;
  /** Tells people the result. */
  readonly show: (result: Result) => void | Promise<void>;
  /** What programs get of the result. */
  readonly toData: (result: Result) => unknown;
  /** What is wrong with a result that did come back, if anything. */
  readonly findFault?: (result: Result) => Error | null;
  /** Whether JSON is an array also of one. @default {false} */
  readonly isMany?: boolean;
  /**
   * For how many at a time, the next once these are done; after one that fails
   * no more are begun. @default {undefined} for all
   */
  readonly atATime?: number | undefined;
}

/**
 * Does a task for every name at the same time, each name once, and reports in
 * the order of the names. One that fails stops no other.
 *
 * As JSON, one name gives one object, several give an array of what came back.
 *
 * @returns The exit code of the first name that failed, if one did.
 */
export async function forEachName<Result>(
  names: readonly string[],
  context: Context,
  task: Task<Result>,
): Promise<number> {
  const data: unknown[] = [];
  const use = async (result: Result) => {
    if (context.json) data.push(task.toData(result));
    else await task.show(result);
    const fault = task.findFault?.(result) ?? null;
    if (fault !== null) throw fault;
  };
  const { work, atATime = names.length } = task;
  let code: number = ExitCode.DONE;
  let rest = [...new Set(names)];
  while (rest.length > 0 && code === ExitCode.DONE) {
    code = await eachName(rest.slice(0, atATime), context, { work, use });
    rest = rest.slice(atATime);
  }
  if (rest.length > 0) {
    const left = `left as they are after that: ${rest.join(", ")}`;
    reportError(new OpsError(left), context);
  }
  const isMany = task.isMany || new Set(names).size > 1;
  if (context.json) writeData(data, isMany, context);
  return code;
}

/**
 * Does work for every name at the same time, each name once, and uses what
 * comes of it, or reports why nothing does, in the order of the names.
 *
 * @returns The exit code of the first name that failed, if one did.
 */
export async function eachName<Result>(
  names: readonly string[],
  context: Context,
  { work, use }: {
    readonly work: (name: string) => Promise<Result>;
    readonly use: (result: Result) => void | Promise<void>;
  },
): Promise<number> {
  const tasks = [...new Set(names)].map(work);
  // Each failure is reported in its turn, which may be after it happened.
  for (const pending of tasks) pending.catch(() => {});

  let code: number = ExitCode.DONE;
  for (const pending of tasks) {
    try {
      await use(await pending);
    } catch (error) {
      const failure = reportError(error, context);
      code ||= failure;
    }
  }
  return code;
}

function writeData(data: unknown[], isMany: boolean, context: Context): void {
  if (isMany) context.stdout.write(`${toJson(data)}\n`);
  else if (data.length > 0) context.stdout.write(`${toJson(data[0])}\n`);
}
