/** The flags that only `ops logs` has. */
import { notNumber } from "../../../core/validate/fields.ts";
import { UsageError } from "../../errors.ts";
import { type Flag, textFlag } from "../../grammar/flags.ts";
import { parseSince } from "../../shell/since.ts";

type Description = Pick<Flag<unknown>, "summary"> & {
  readonly placeholder: string;
};

/** A flag with a time; it depends on what time it is now. */
export function timeFlag(
  description: Description,
): Flag<((now: number) => Date) | undefined> {
  const { read, ...shape } = textFlag({
    ...description,
    check: (text, flag) => void parseSince(text, 0, flag),
  });
  return {
    ...shape,
    read: (given, flag) => {
      const text = read(given, flag);
      if (text === undefined) return undefined;
      return (now) => parseSince(text, now, flag);
    },
  };
}

/** A flag with a regular expression. */
export function patternFlag(
  description: Description,
): Flag<RegExp | undefined> {
  const { read, ...shape } = textFlag(description);
  return {
    ...shape,
    read: (given, flag) => {
      const text = read(given, flag);
      return text === undefined ? undefined : compile(text, flag);
    },
  };
}

function compile(text: string, flag: string): RegExp {
  try {
    return new RegExp(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const why = cause.message.replace(/^.*\/[a-z]*: /s, "");
    throw new UsageError(
      `${flag}: ${JSON.stringify(text)} is no regular expression (${why})`,
      "put a \\ before a character that stands for itself",
      { cause },
    );
  }
}

/** Checks the number of a run. */
export function checkRun(run: number, flag: string): void {
  if (Number.isSafeInteger(run) && run > 0) return;
  throw new UsageError(
    `${flag} must be a whole number, 1 or more${notNumber(run)}`,
    'see "ops history"',
  );
}
