/**
 * The error tree. Every failure the library reports is an {@linkcode OpsError};
 * a message states the fact first and then what to do about it.
 */

/** Root of the errors that kstlib modules throw. */
export class KstlibError extends Error {
  /** The class name, such as `"SessionNotFoundError"`. */
  override readonly name: string;

  /**
   * Makes an error.
   *
   * @param message The fact, then what to do about it.
   * @param options What caused it.
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Root of the errors of this module. */
export class OpsError extends KstlibError {
  /** Identifier for programs, such as `"session_not_found"`. */
  readonly code: string = this.name.replace(/Error$/, "")
    .replace(/(?!^)[A-Z]/g, "_$&").toLowerCase();
}

/** A program that a backend needs is not installed. */
export class BackendNotFoundError extends OpsError {}

/** The tmux program is not installed. */
export class TmuxNotFoundError extends BackendNotFoundError {
  /** The program that was looked for. */
  readonly binary: string;

  /**
   * Makes an error.
   *
   * @param binary The program that was looked for.
   */
  constructor(binary: string, options?: ErrorOptions) {
    super(
      `${binary} is not installed (or not on the PATH): install it with ` +
        `"apt install tmux", "dnf install tmux", "apk add tmux" or ` +
        `"brew install tmux"`,
      options,
    );
    this.binary = binary;
  }
}

/** The container runtime that was asked for is not installed, or none is. */
export class ContainerRuntimeNotFoundError extends BackendNotFoundError {
  /** The runtime that was asked for, or `null` when either would have done. */
  readonly runtime: string | null;

  /**
   * Makes an error.
   *
   * @param runtime The runtime that was asked for; `null` means either.
   */
  constructor(runtime: string | null, options?: ErrorOptions) {
    super(
      (runtime === null
        ? "neither podman nor docker is installed"
        : `${runtime} is not installed`) +
        " (or not on the PATH): see " +
        "https://podman.io/docs/installation or " +
        "https://docs.docker.com/engine/install/",
      options,
    );
    this.runtime = runtime;
  }
}

/** An engine (a tmux server, Podman, Docker) is there but did not answer well. */
export class EngineError extends OpsError {
  /** The engine that did not answer, such as `"tmux (socket work)"` or `"docker"`. */
  readonly engine: string;
  /** What happened, and what to do. */
  readonly reason: string;
  /**
   * Whether it is installed and does not run, where it is by default: nobody
   * may have a use for it.
   */
  readonly isOff: boolean;

  /**
   * Makes an error.
   *
   * @param engine The engine that did not answer.
   * @param reason What happened, and what to do.
   * @param options What caused it, and whether the engine is just off.
   */
  constructor(
    engine: string,
    reason: string,
    options: ErrorOptions & { readonly isOff?: boolean } = {},
  ) {
    super(`${engine}: ${reason}`, options);
    this.engine = engine;
    this.reason = reason;
    this.isOff = options.isOff ?? false;
  }
}

/** An engine did not answer within its time limit. */
export class EngineTimeoutError extends EngineError {
  /** The time limit that passed, in milliseconds. */
  readonly timeoutMs: number;

  /**
   * Makes an error.
   *
   * @param engine The engine that did not answer.
   * @param timeoutMs The time limit that passed, in milliseconds.
   */
  constructor(engine: string, timeoutMs: number, options?: ErrorOptions) {
    super(
      engine,
      `no answer within ${timeoutMs / 1000} s: it is stopped, hung or ` +
        "overloaded; look at its process and try again",
      options,
    );
    this.timeoutMs = timeoutMs;
  }
}

/** Deno was not given a permission that the operation needs. */
export class PermissionError extends OpsError {
  /** The flag to add, such as `"--allow-run=tmux"`. */
  readonly flag: string;

  /**
   * Makes an error.
   *
   * @param action What could not be done, such as `"run tmux"`.
   * @param flag The flag to add to `deno run`.
   */
  constructor(action: string, flag: string, options?: ErrorOptions) {
    super(
      `not permitted to ${action}: ${PermissionError.remedy(flag)}`,
      options,
    );
    this.flag = flag;
  }

  /** What to do where a flag is missing. */
  static remedy(flag: string): string {
    return Deno.build.standalone
      ? `what this binary may do is built in, so use "deno run" with ${flag}`
      : `add ${flag} to "deno run"`;
  }
}

/** The folder of logs and history, or a file in it, cannot be used. */
export class StateError extends OpsError {
  /** The folder, or the file. */
  readonly folder: string;
  /** What the system said. */
  readonly reason: string;

  /**
   * Makes an error.
   *
   * @param folder The folder, or the file.
   * @param reason What the system said.
   * @param options What caused it, and what to do about it.
   */
  constructor(
    folder: string,
    reason: string,
    options: ErrorOptions & { readonly remedy?: string } = {},
  ) {
    const {
      remedy = "logs and history of this session are lost until it can",
    } = options;
    super(`${folder} cannot be used (${reason}): ${remedy}`, options);
    this.folder = folder;
    this.reason = reason;
  }
}

/** One thing that is wrong with a file, a definition or a field. */
export interface ConfigProblem {
  /** The file that says it, or `null` for a value given by call or flag. */
  readonly file: string | null;
  /** The line in the file, from 1 on; `null` if the file as a whole is wrong. */
  readonly line: number | null;
  /** The column in the line, from 1 on; `null` where there is no line. */
  readonly column: number | null;
  /** Key path of the field, such as `"ports[0]"`; empty for a whole file. */
  readonly key: string;
  /** What is wrong with it, and what would be right. */
  readonly reason: string;
  /** All of this in one line: `file:line:column: key: reason`. */
  readonly message: string;
}

/** What there is to say of a {@linkcode SessionConfigError} beside its reason. */
export interface ConfigErrorOptions extends ErrorOptions {
  /** The line in the file, from 1 on. @default {null} the file as a whole */
  readonly line?: number | null;
  /** The column in the line, from 1 on. @default {null} */
  readonly column?: number | null;
  /** What else is wrong. @default {[]} */
  readonly others?: readonly ConfigProblem[];
}

/**
 * A definition, a field or a file of the configuration is wrong. The fields of
 * the error are those of the first problem; `problems` has all that the files
 * of the configuration have, and the message a line for each of the first 20.
 */
export class SessionConfigError extends OpsError {
  /** How many problems the message shows; the others are counted. */
  static readonly MAX_SHOWN = 20;
  /** Key path of the field, such as `"ports[0]"`; empty for a whole file. */
  readonly key: string;
  /** The file that says it, or `null` for a value given by call or flag. */
  readonly file: string | null;
  /** The line in the file, from 1 on; `null` if the file as a whole is wrong. */
  readonly line: number | null;
  /** The column in the line, from 1 on; `null` where there is no line. */
  readonly column: number | null;
  /** What is wrong with it, and what would be right. */
  readonly reason: string;
  /** All that is wrong, by file and place; never empty. */
  readonly problems: readonly ConfigProblem[];

  /**
   * Makes an error.
   *
   * @param key Key path of the field.
   * @param reason What is wrong with it, and what would be right.
   * @param file The file that says it, if one does.
   * @param options Where in the file, what else is wrong, and what caused it.
   */
  constructor(
    key: string,
    reason: string,
    file: string | null = null,
    options: ConfigErrorOptions = {},
  ) {
    const { line = null, column = null, others = [], ...causes } = options;
    const where = line === null ? file : `${file}:${line}:${column}`;
    const message = [where, key, reason].filter(Boolean).join(": ");
    const first = { file, line, column, key, reason, message };
    const problems: readonly ConfigProblem[] = [first, ...others];
    super(linesOf(problems), causes);
    this.key = key;
    this.file = file;
    this.line = line;
    this.column = column;
    this.reason = reason;
    this.problems = problems;
  }
}

function linesOf(problems: readonly ConfigProblem[]): string {
  const shown = problems.slice(0, SessionConfigError.MAX_SHOWN);
  const left = problems.length - shown.length;
  const lines = shown.map(({ message }) => message);
  return [...lines, ...(left > 0 ? [`and ${left} more`] : [])].join("\n");
}

/** Root of the errors that concern one session. */
export class SessionError extends OpsError {
  /** What happened, as said of the session. */
  protected static readonly fact: string = "failed";
  /** The session's name. */
  readonly sessionName: string;
  /** Where the session is, such as `"tmux"` or `"docker"`. */
  readonly backend: string;
  /** Why, and what to do; empty where the fact says it all. */
  readonly reason: string;

  /**
   * Makes an error.
   *
   * @param sessionName The session's name.
   * @param backend Where the session is, or was looked for.
   * @param reason Why it happened, and what to do.
   * @param options What caused it.
   */
  constructor(
    sessionName: string,
    backend: string,
    reason = "",
    options?: ErrorOptions,
  ) {
    const fact = `session "${sessionName}" ${new.target.fact} (${backend})`;
    super(reason === "" ? fact : `${fact}: ${reason}`, options);
    this.sessionName = sessionName;
    this.backend = backend;
    this.reason = reason;
  }
}

/** The session to be started is there already. */
export class SessionExistsError extends SessionError {
  /** What happened, as said of the session. */
  protected static override readonly fact: string = "exists already";
}

/** There is no session of exactly that name. */
export class SessionNotFoundError extends SessionError {
  /** What happened, as said of the session. */
  protected static override readonly fact: string = "was not found";
  /** Whether the configuration defines it: it is only not started. */
  readonly isDefined: boolean;

  /**
   * Makes an error.
   *
   * @param sessionName The session's name.
   * @param backend Where it was looked for.
   * @param reason What to do; empty where the fact says it all.
   * @param options What caused it, and whether the session is defined.
   */
  constructor(
    sessionName: string,
    backend: string,
    reason = "",
    options: ErrorOptions & { readonly isDefined?: boolean } = {},
  ) {
    super(sessionName, backend, reason, options);
    this.isDefined = options.isDefined ?? false;
  }
}

/** The session runs, but somebody has given it another name in its engine. */
export class SessionRenamedError extends SessionError {
  /** What happened, as said of the session. */
  protected static override readonly fact: string = "has another name now";
  /** What it is called now. */
  readonly newName: string;

  /**
   * Makes an error.
   *
   * @param sessionName The name that it was started under.
   * @param backend Where it is.
   * @param newName What it is called now.
   * @param reason What to do.
   * @param options What caused it.
   */
  constructor(
    sessionName: string,
    backend: string,
    newName: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(sessionName, backend, reason, options);
    this.newName = newName;
  }
}

/** The session could not be started. */
export class SessionStartError extends SessionError {
  /** What happened, as said of the session. */
  protected static override readonly fact: string = "could not be started";
}

/** The terminal could not be attached to the session. */
export class SessionAttachError extends SessionError {
  /** What happened, as said of the session. */
  protected static override readonly fact: string = "could not be attached to";
}

/** Keys could not be sent to the session. */
export class SessionSendError extends SessionError {
  /** What happened, as said of the session. */
  protected static override readonly fact: string = "could not be sent to";
}

/** A further program could not be run in the session. */
export class SessionExecError extends SessionError {
  /** What happened, as said of the session. */
  protected static override readonly fact: string = "could not run a program";
}

/** The session's output cannot be had, or not in the form that was asked. */
export class SessionLogError extends SessionError {
  /** What happened, as said of the session. */
  protected static override readonly fact: string = "has no such log";
}

/** The session did not become what was waited for, in the time there was. */
export class SessionWaitError extends SessionError {
  /** What happened, as said of the session. */
  protected static override readonly fact: string = "was waited for in vain";
}

/** The session, or a process of it, outlived everything that was tried. */
export class SessionStopError extends SessionError {
  /** What happened, as said of the session. */
  protected static override readonly fact: string = "could not be stopped";
}

/** The name stands for sessions in more than one place. */
export class SessionAmbiguousError extends SessionError {
  /** What happened, as said of the session. */
  protected static override readonly fact: string = "is in more than one place";
  /** The flags that choose each place, such as `"--runtime podman"`. */
  readonly places: readonly string[];

  /**
   * Makes an error.
   *
   * @param sessionName The name that is not unique.
   * @param engines Where it was found.
   * @param places The flags that choose each place.
   * @param options What caused it.
   */
  constructor(
    sessionName: string,
    engines: readonly string[],
    places: readonly string[],
    options?: ErrorOptions,
  ) {
    super(
      sessionName,
      engines.join(", "),
      `choose one with ${places.join(" or ")}`,
      options,
    );
    this.places = places;
  }
}
