/** The text of what is known of a run: written by us, kept where others write. */
import {
  BackendType,
  ContainerRuntime,
  type Run,
  RunEnd,
} from "../core/status.ts";

/** A run, and what tells its engine from one that comes after it. */
export interface RunRecord {
  /** The run. */
  readonly run: Run;
  /** `null` until the engine has the run. */
  readonly engine: string | null;
}

type Check = (value: unknown) => boolean;

const isText: Check = (it) => typeof it === "string";
const isNumber: Check = (it) => typeof it === "number";
const isTime: Check = (it) => isText(it) && !Number.isNaN(Date.parse(`${it}`));
const orNull = (check: Check): Check => (it) => it === null || check(it);
const oneOf = (words: Readonly<Record<string, string>>): Check => (it) =>
  Object.values<unknown>(words).includes(it);

/**
 * What each field must be, or it would be shown as what it is not. One that is
 * new must be allowed to be missing: records are kept for long.
 */
const FIELDS: Readonly<Record<keyof Run | "engine", Check>> = {
  name: isText,
  run: isNumber,
  backend: oneOf(BackendType),
  socketName: orNull(isText),
  runtime: orNull(oneOf(ContainerRuntime)),
  command: orNull(isText),
  startedAt: isTime,
  endedAt: orNull(isTime),
  endedBy: orNull(oneOf(RunEnd)),
  exitCode: orNull(isNumber),
  signal: orNull(isText),
  oomKilled: orNull((it) => typeof it === "boolean"),
  restartCount: isNumber,
  engine: orNull(isText),
};

/** The text of a record; people may look at it. */
export function toText({ run, engine }: RunRecord): string {
  return `${JSON.stringify({ ...run, engine }, null, 2)}\n`;
}

/**
 * Reads the text of a record.
 *
 * @throws {SyntaxError} If it is none.
 */
export function parseRecord(text: string): RunRecord {
  const read: unknown = JSON.parse(text);
  if (typeof read !== "object" || read === null) {
    throw new SyntaxError("it is no record of a run");
  }
  const record = read as Run & { readonly engine: string | null };
  for (const [name, check] of Object.entries(FIELDS)) {
    const value = record[name as keyof Run];
    if (check(value)) continue;
    const is = value === undefined ? "is missing" : "makes no sense";
    throw new SyntaxError(`${JSON.stringify(name)} in it ${is}`);
  }
  const { engine, ...run } = record;
  return { run, engine };
}
