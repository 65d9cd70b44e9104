/** A terminal that a test types into and looks at. */
import { pause } from "../../src/core/pause.ts";
import { contains } from "./sessions.ts";
import type { Sandbox } from "./sandbox.ts";
import { until, type UntilOptions } from "./wait.ts";

/** What a terminal shows once its program has ended, and left it in order. */
const ENDED = "[exit 0, as it was]";

/** The label of the tmux server that plays the terminals. */
const SOCKET = "terminal";

/**
 * A terminal of 200 × 50, played by a pane of a tmux server that has no other
 * use. It stays as it is when its program ends, and goes with the sandbox.
 */
export class Terminal {
  readonly #sandbox: Sandbox;
  readonly #pane: string;

  private constructor(sandbox: Sandbox, pane: string) {
    this.#sandbox = sandbox;
    this.#pane = pane;
  }

  /** Runs a program in a new terminal. */
  static async open(
    sandbox: Sandbox,
    argv: readonly string[],
  ): Promise<Terminal> {
    // deno-fmt-ignore
    const pane = await sandbox.tmux(
      "-L", SOCKET, "-f", "/dev/null",
      "start-server", ";", "set-option", "-g", "remain-on-exit", "on", ";",
      "new-session", "-d", "-P", "-F", "#{pane_id}", "-x", "200", "-y", "50",
      // Two arguments at least, so that tmux calls no shell to parse them.
      "--", "env", ...argv.map(literal),
    );
    return new Terminal(sandbox, pane);
  }

  /**
   * Runs a program in a new terminal, and then shows the terminal's mode and
   * `end of it`. The shell around it hears of Ctrl-C too, and must live on; at
   * the end it stays, as tmux can lose what is printed just before one.
   */
  static openTellingMode(
    sandbox: Sandbox,
    argv: readonly string[],
  ): Promise<Terminal> {
    const script = 'trap : INT; "$@"; stty -a; echo end of it; exec cat';
    return Terminal.open(sandbox, ["sh", "-c", script, "sh", ...argv]);
  }

  /** What it shows, without colours unless they are wanted. */
  async screen({ colours = false } = {}): Promise<string> {
    const how = colours ? "-pe" : "-p";
    return await this.#tmux("capture-pane", how, "-t", this.#pane);
  }

  /** Presses keys: `C-c`, `Enter`; everything else is typed. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#tmux("send-keys", "-t", this.#pane, ...keys.map(literal));
  }

  /**
   * Presses keys one by one until its program has ended, as a user would. Podman
   * knows a detach sequence only if each key comes by itself, and a client that
   * is about to begin hears of no Ctrl-C.
   */
  async leave(...keys: readonly string[]): Promise<void> {
    for (let attempt = 1; attempt <= 3; attempt++) {
      for (const key of keys) {
        await this.press(key);
        await pause(200);
      }
      const deadline = performance.now() + 3_000;
      while (performance.now() < deadline) {
        if ((await this.screen()).includes(ENDED)) return;
        await pause(20);
      }
    }
  }

  /** Waits until it shows this, and returns all that it shows. */
  async shows(text: string | RegExp, options?: UntilOptions): Promise<string> {
    let screen = "";
    try {
      return await until(async () => {
        screen = await this.screen();
        return contains(screen, text) && screen;
      }, options);
    } catch (cause) {
      throw new Error(`the terminal does not show ${text}, but:\n${screen}`, {
        cause,
      });
    }
  }

  #tmux(...args: readonly string[]): Promise<string> {
    return this.#sandbox.tmux("-L", SOCKET, ...args);
  }
}

/** To tmux, a word that ends in `;` ends its command. */
function literal(word: string): string {
  return word.replace(/;$/, "\\;");
}
