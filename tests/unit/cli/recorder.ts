/** A context that remembers what was written. */
import { localHost } from "../../../src/host/local/local.ts";
import type { Context, Output } from "../../../src/cli/shell/context.ts";
import { colorPaint, plainPaint } from "../../../src/cli/render/text.ts";

/** What a test may want different. */
export interface RecorderOptions {
  readonly isTerminal?: boolean;
  readonly columns?: number;
  readonly hasColor?: boolean;
  readonly json?: boolean;
  readonly noColor?: boolean;
  readonly env?: Record<string, string>;
  readonly now?: number;
}

/** A context, and what was written to it. */
export interface Recorder extends Context {
  readonly out: () => string;
  readonly err: () => string;
}

class MemoryOutput implements Output {
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly paint;
  readonly isClosed = false;
  text = "";

  constructor(options: RecorderOptions) {
    this.isTerminal = options.isTerminal ?? false;
    this.columns = options.columns ?? 80;
    this.paint = options.hasColor ? colorPaint : plainPaint;
  }

  write(text: string | Uint8Array): void {
    this.text += typeof text === "string"
      ? text
      : new TextDecoder().decode(text);
  }
}

/** A context that remembers: no terminal, no color, unless told otherwise. */
export function recorder(options: RecorderOptions = {}): Recorder {
  const stdout = new MemoryOutput(options);
  const stderr = new MemoryOutput(options);
  return {
    stdout,
    stderr,
    json: options.json ?? false,
    noColor: options.noColor ?? false,
    env: (name) => ({ HOME: "/home/kim", ...options.env })[name],
    now: () => options.now ?? 0,
    host: localHost,
    warned: new Set(),
    out: () => stdout.text,
    err: () => stderr.text,
  };
}
