/** The kinds of flags, and the flags that commands share. */
import {
  BackendType,
  type BackendType as Backend,
  ContainerRuntime,
  type ContainerRuntime as Runtime,
} from "../../core/status.ts";
import { OpsError, SessionConfigError } from "../../core/errors.ts";
import { UsageError } from "../errors.ts";

/** What must be known of a flag to find it among words. */
export interface FlagShape {
  /** Its letter. */
  readonly short?: string;
  /** The name of its value in help; without one it is a switch. */
  readonly placeholder?: string;
  /** Whether its value is a number: one below 0 is then no flag. */
  readonly isNumber?: boolean;
}

/** The flags that are known, by long name. */
export type FlagShapes = Readonly<Record<string, FlagShape>>;

/** A flag that gives a command a `Value`. */
export interface Flag<Value> extends FlagShape {
  /** What it does, for help. */
  readonly summary: string;
  /** The values it can have, for help and completion. */
  readonly choices?: readonly string[];
  /**
   * What completion offers where the choices do not tell: words, the tmux
   * sockets that there are, or the runs of the session on the line.
   */
  readonly offers?: readonly string[] | "socket" | "run";
  /** Whether each further one adds a value; otherwise the last one wins. */
  readonly repeatable?: boolean;
  /**
   * Turns the texts that were given, in order, into the value.
   *
   * @throws {OpsError} If they make none.
   */
  readonly read: (given: readonly string[], flag: string) => Value;
}

/** Flags by long name, without the dashes. */
export type Flags = Readonly<Record<string, Flag<unknown>>>;

/** The values that flags give. */
export type FlagValues<F extends Flags> = {
  readonly [K in keyof F]: F[K] extends Flag<infer Value> ? Value : never;
};

type Description = Pick<Flag<unknown>, "short" | "summary" | "offers">;
type ValueDescription = Description & { readonly placeholder: string };

/** A flag that is there or not. */
export function switchFlag(description: Description): Flag<boolean> {
  return { ...description, read: (given) => given.length > 0 };
}

/** A flag with a text; `check` refuses what makes no sense. */
export function textFlag(
  description: ValueDescription & {
    readonly check?: (text: string, flag: string) => void;
  },
): Flag<string | undefined> {
  const { check, ...shape } = description;
  return {
    ...shape,
    read: (given, flag) => {
      const text = lastText(given, flag);
      if (text !== undefined) check?.(text, flag);
      return text;
    },
  };
}

/** A flag with one of a few texts. */
export function choiceFlag<Choice extends string>(
  description: ValueDescription & { readonly choices: readonly Choice[] },
): Flag<Choice | undefined> {
  return {
    ...description,
    read: (given, flag) => {
      const text = lastText(given, flag);
      const { choices } = description;
      const choice = choices.find((it) => it === text);
      if (text === undefined || choice !== undefined) return choice;
      throw new UsageError(
        `${flag}: ${JSON.stringify(text)} is not known`,
        `it is ${choices.join(" or ")}`,
      );
    },
  };
}

type NumberDescription = ValueDescription & {
  readonly check: (value: number, flag: string) => void;
};

/** A flag with a number; `check` refuses what makes no sense. */
export function numberFlag(
  description: NumberDescription & { readonly fallback: number },
): Flag<number> {
  const { fallback, ...rest } = description;
  const { read, ...shape } = optionalNumberFlag(rest);
  return {
    ...shape,
    summary: `${shape.summary} (default ${fallback})`,
    read: (given, flag) => read(given, flag) ?? fallback,
  };
}

/** A flag with a number, where something else says what holds without it. */
export function optionalNumberFlag(
  description: NumberDescription,
): Flag<number | undefined> {
  const { check, ...shape } = description;
  return {
    ...shape,
    isNumber: true,
    read: (given, flag) => {
      const text = lastText(given, flag);
      if (text === undefined) return undefined;
      // `Number` alone would also take "0x10", "1e3" and " ".
      const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
      try {
        check(value, flag);
      } catch (error) {
        // Of a number, the check tells itself what it refuses.
        const isText = error instanceof OpsError && Number.isNaN(value);
        throw isText ? refused(error, text) : error;
      }
      return value;
    },
  };
}

/** An error that quotes what it refuses, before it says where to look. */
function refused(error: OpsError, text: string): OpsError {
  const quoting = (reason: string) =>
    reason.replace(/;|$/, (end) => `, not ${JSON.stringify(text)}${end}`);
  return error instanceof SessionConfigError
    ? new SessionConfigError(error.key, quoting(error.reason))
    : new UsageError(quoting(error.message));
}

/** A flag that may be given several times. */
export function listFlag(
  description: ValueDescription,
): Flag<readonly string[]> {
  return {
    ...description,
    repeatable: true,
    read: (given, flag) => given.map((text) => requireText(text, flag)),
  };
}

function lastText(given: readonly string[], flag: string): string | undefined {
  const text = given.at(-1);
  return text === undefined ? undefined : requireText(text, flag);
}

function requireText(text: string, flag: string): string {
  if (text.trim() === "") {
    throw new UsageError(`${flag} needs a value, not ${JSON.stringify(text)}`);
  }
  return text;
}

/** The flags of every command, before or after its name. */
export const globalFlags = {
  "help": switchFlag({ short: "h", summary: "Show this help" }),
  "config": textFlag({
    placeholder: "FILE",
    summary: "Read this configuration file and search for no other",
  }),
  "json": switchFlag({ summary: "Print JSON: the result, and errors too" }),
  "no-color": switchFlag({ summary: "Print without colors, logs too" }),
} as const;

/** The flags that stand before a command only. */
export const versionFlag = {
  "version": switchFlag({ short: "V", summary: "Show the version" }),
} as const;

/** The flags that say where a session is. */
export const placeFlags = {
  "backend": choiceFlag<Backend>({
    short: "b",
    placeholder: "BACKEND",
    choices: Object.values(BackendType),
    summary: "The kind of engine",
  }),
  "runtime": choiceFlag<Runtime>({
    placeholder: "RUNTIME",
    choices: Object.values(ContainerRuntime),
    summary: "The container runtime",
  }),
  "socket": textFlag({
    short: "L",
    placeholder: "NAME",
    offers: "socket",
    summary: "The tmux socket, as tmux -L has it",
  }),
} as const;

/** Where to look; what is unset means anywhere. */
export interface Place {
  readonly backend: Backend | undefined;
  readonly runtime: Runtime | undefined;
  readonly socketName: string | undefined;
}

/**
 * Where the flags say to look.
 *
 * @throws {UsageError} If they contradict each other.
 */
export function placeOf(flags: FlagValues<typeof placeFlags>): Place {
  const { backend, runtime, socket } = flags;
  if (runtime !== undefined && socket !== undefined) {
    throw new UsageError(
      "--runtime is for containers and --socket for tmux",
      "give one of them",
    );
  }
  if (runtime !== undefined) refuseFor(BackendType.TMUX, backend, "--runtime");
  if (socket !== undefined) {
    refuseFor(BackendType.CONTAINER, backend, "--socket");
  }
  return { backend, runtime, socketName: socket };
}

function refuseFor(
  other: Backend,
  backend: Backend | undefined,
  flag: string,
): void {
  if (backend !== other) return;
  throw new UsageError(
    `${flag} does not go with --backend ${other}`,
    "leave one of them out",
  );
}

/** A flag that shortens the result. */
export function quietFlag(summary: string): Flag<boolean> {
  return switchFlag({ short: "q", summary });
}
