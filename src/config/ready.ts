/** When a session is ready, and which ends of it are good. */
import {
  type HttpProbe,
  PROBES,
  type Readiness,
  validateExitCode,
  validateHttpStatus,
  validateInterval,
  validatePattern,
  validatePortNumber,
  validateProbes,
  validateUrl,
} from "../core/ready.ts";
import { LogMode, type SessionConfig } from "../core/definition.ts";
import { validateCommand, validateTimeout } from "../core/validate/fields.ts";
import {
  entriesOf,
  entryOf,
  type Field,
  inFile,
  keyOf,
  readList,
  readMapping,
  readNumber,
  readText,
  readTextOrNumber,
  refuse,
  refuseUnknown,
} from "./fields.ts";
import { Problems, readEach } from "./problems.ts";
import { isNull, type Mapping } from "./tree.ts";

/** The key of a session that says when it is ready. */
export const READY_KEY = "ready";
/** The key of a session with the exit codes that are no failure. */
export const SUCCESS_KEY = "success_exit_codes";

/** Reads a value, and has a check of the library look at it. */
function checked<T>(
  read: (field: Field) => T,
  validate: (value: T, key: string) => void,
): (field: Field) => T {
  return (field) => {
    const value = read(field);
    inFile(field, () => validate(value, ""));
    return value;
  };
}

const READERS: {
  readonly [Key in keyof Readiness]-?: (field: Field) => Readiness[Key];
} = {
  log: checked(readText, validatePattern),
  port: checked(readNumber, validatePortNumber),
  http: readHttp,
  command: checked(
    (field) => readList(field, readTextOrNumber),
    validateCommand,
  ),
  timeout: checked(readNumber, validateTimeout),
  interval: checked(readNumber, validateInterval),
};

const KEYS = Object.keys(READERS) as (keyof Readiness)[];

/** Reads when a session is ready; `undefined` if it does not say. */
export function readReady(session: Field<Mapping>): Readiness | undefined {
  const field = entryOf(session, READY_KEY);
  if (field === undefined) return undefined;
  if (field.node.kind !== "mapping") {
    refuse(field, `must be a mapping with ${PROBES.join(", ")}`);
  }
  const mapping = readMapping(field);
  const problems = new Problems();
  problems.attempt(() => refuseUnknown(mapping, KEYS));
  const values = problems.attempt(() =>
    readEach(
      entriesOf(mapping).filter(([key, { node }]) =>
        Object.hasOwn(READERS, key) && !isNull(node)
      ),
      ([key, entry]) => [key, READERS[key as keyof Readiness](entry)],
    )
  ) ?? [];
  const readiness: Readiness = Object.fromEntries(values);
  if (problems.isEmpty) {
    inFile(keyOf(field), () => validateProbes(readiness, ""));
  }
  return problems.finish(() => readiness);
}

function readHttp(field: Field): HttpProbe {
  if (field.node.kind !== "mapping") {
    return { url: checked(readText, validateUrl)(field) };
  }
  const mapping = readMapping(field);
  refuseUnknown(mapping, ["url", "status"]);
  const [url, status] = [entryOf(mapping, "url"), entryOf(mapping, "status")];
  if (url === undefined) refuse(keyOf(field), "says no url");
  return {
    url: checked(readText, validateUrl)(url),
    ...(status === undefined
      ? undefined
      : { status: checked(readNumber, validateHttpStatus)(status) }),
  };
}

/**
 * Refuses to wait for what is said into no log.
 *
 * @param session Its entry in the file.
 * @param config What came of it.
 */
export function refuseUnlogged(
  session: Field<Mapping>,
  readiness: Readiness | undefined,
  config: SessionConfig,
): void {
  if (readiness?.log === undefined || config.log !== LogMode.NONE) return;
  const ready = readMapping(entryOf(session, READY_KEY)!);
  refuse(
    keyOf(entryOf(ready, "log")!),
    "needs the log that log: none turns off: write log: file, or wait for " +
      "something else",
  );
}

/** Reads the exit codes that are no failure; `undefined`: 0 alone. */
export function readSuccessCodes(
  session: Field<Mapping>,
): readonly number[] | undefined {
  const field = entryOf(session, SUCCESS_KEY);
  if (field === undefined) return undefined;
  const codes = readList(field, checked(readNumber, validateExitCode));
  if (codes.length === 0) refuse(keyOf(field), "names no exit code: write [0]");
  return codes;
}
