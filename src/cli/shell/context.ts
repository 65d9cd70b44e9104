/**
 * What a command sees of the world around it: streams, colors, environment, and
 * the configuration. Commands get it as a parameter; tests hand in one that
 * remembers.
 */
import type { ProcessHost } from "../../host/host.ts";
import { OutputError } from "../errors.ts";
import { colorPaint, type Paint, plainPaint } from "../render/text.ts";

/** A place to write to. */
export interface Output {
  /** Whether a person sees it. */
  readonly isTerminal: boolean;
  /** Its width. */
  readonly columns: number;
  /** Colors, or none. */
  readonly paint: Paint;
  /** Whether its reader is gone. */
  readonly isClosed: boolean;
  /** Writes a text, or bytes, as they are. */
  write(text: string | Uint8Array): void;
}

/** What a command sees of the world around it. */
export interface Context {
  /** For results. */
  readonly stdout: Output;
  /** For everything else. */
  readonly stderr: Output;
  /** Whether results and errors are JSON. */
  readonly json: boolean;
  /** Whether `--no-color` was given, as opposed to nobody to see colors. */
  readonly noColor: boolean;
  /**
   * An environment variable that only improves an answer: `undefined` also
   * where Deno may not read it, and nobody is asked.
   */
  readonly env: (name: string) => string | undefined;
  /** The time, in milliseconds since 1970. */
  readonly now: () => number;
  /** Where the engines' programs are run. */
  readonly host: ProcessHost;
  /** The warnings so far: none is repeated. */
  readonly warned: Set<string>;
}

/** What the first look at a command line tells. */
export interface ContextOptions {
  /** Whether results and errors are JSON. */
  readonly json: boolean;
  /** Whether `--no-color` was given. */
  readonly noColor: boolean;
  /** Where the engines' programs are run. */
  readonly host: ProcessHost;
}

/** The context of this process. */
export function processContext(options: ContextOptions): Context {
  return {
    ...options,
    stdout: new ProcessOutput(Deno.stdout, options.noColor, (cause) => {
      throw new OutputError(cause);
    }),
    // An error that cannot be written can be told to nobody.
    stderr: new ProcessOutput(Deno.stderr, options.noColor, () => {}),
    env: grantedVariable,
    now: Date.now,
    warned: new Set(),
  };
}

/** Shows a person what happens meanwhile; programs are not told. */
export function notifier(
  { json, stderr }: Context,
): ((text: string) => void) | undefined {
  return stderr.isTerminal && !json ? (text) => stderr.write(text) : undefined;
}

const DEFAULT_COLUMNS = 80;
const utf8 = new TextEncoder();

/** A stream of this process. */
class ProcessOutput implements Output {
  readonly #stream: typeof Deno.stdout;
  readonly #noColor: boolean;
  readonly #fail: (cause: unknown) => void;
  #isClosed = false;

  constructor(
    stream: typeof Deno.stdout,
    noColor: boolean,
    fail: (cause: unknown) => void,
  ) {
    this.#stream = stream;
    this.#noColor = noColor;
    this.#fail = fail;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get isTerminal(): boolean {
    return this.#stream.isTerminal();
  }

  get columns(): number {
    try {
      // A terminal that was never given a size has 0.
      return Deno.consoleSize().columns || DEFAULT_COLUMNS;
    } catch {
      return DEFAULT_COLUMNS;
    }
  }

  get paint(): Paint {
    // `Deno.noColor` is NO_COLOR, and needs no permission.
    const hasColor = this.isTerminal && !this.#noColor && !Deno.noColor &&
      grantedVariable("TERM") !== "dumb";
    return hasColor ? colorPaint : plainPaint;
  }

  write(text: string | Uint8Array): void {
    if (this.#isClosed) return;
    const bytes = typeof text === "string" ? utf8.encode(text) : text;
    try {
      for (let done = 0; done < bytes.length;) {
        done += this.#stream.writeSync(bytes.subarray(done));
      }
    } catch (error) {
      this.#isClosed = true;
      // A reader that stops, such as `head`, has all that it wanted.
      if (!(error instanceof Deno.errors.BrokenPipe)) this.#fail(error);
    }
  }
}

function grantedVariable(variable: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) : undefined;
}
