/** A host that answers as it is told, for faults that no real one has. */
import type {
  Chunk,
  Invocation,
  ProcessHost,
  RunOptions,
  RunResult,
} from "../../src/host/host.ts";

/** What a program is to say; what is left out is nothing, and success. */
export type Answer = Partial<RunResult> | Error;

/** A call that was made. */
export type Call = Invocation & RunOptions;

/** A {@linkcode ProcessHost} that runs nothing. */
export class FakeHost implements ProcessHost {
  /** The calls so far. */
  readonly calls: Call[] = [];
  readonly #answer: (call: Call) => Answer;
  readonly #folders: readonly string[];

  /**
   * @param answer What the called program is to say.
   * @param folders What folders there are.
   */
  constructor(
    answer: (call: Call) => Answer,
    folders: readonly string[] = [],
  ) {
    this.#answer = answer;
    this.#folders = folders;
  }

  run(invocation: Invocation, options: RunOptions): Promise<RunResult> {
    const call = { ...invocation, ...options };
    this.calls.push(call);
    const answer = this.#answer(call);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve({
      code: 0,
      stdout: "",
      stderr: "",
      withheld: [],
      ...answer,
    });
  }

  async *stream(invocation: Invocation): AsyncGenerator<Chunk, number> {
    const { code, stdout, stderr } = await this.run(invocation, {
      timeoutMs: null,
    });
    const encode = (text: string) => new TextEncoder().encode(text);
    if (stdout !== "") yield { source: "stdout", bytes: encode(stdout) };
    if (stderr !== "") yield { source: "stderr", bytes: encode(stderr) };
    return code;
  }

  attach(): Promise<number> {
    return Promise.reject(new Error("nobody has a terminal here"));
  }

  isTerminal(): boolean {
    return false;
  }

  folderFault(path: string): Promise<string | null> {
    return Promise.resolve(
      this.#folders.includes(path) ? null : "does not exist",
    );
  }

  isAbsent(path: string): Promise<boolean> {
    return Promise.resolve(!this.#folders.includes(path));
  }
}
