/** A terminal that a test types into and looks at. */
import { pause } from "../../src/core/pause.ts";
import { contains } from "./sessions.ts";
import type { Sandbox } from "./sandbox.ts";
import { until, type UntilOptions } from "./wait.ts";

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
   * Presses keys that must not arrive together: of a detach sequence that comes
   * in one piece, Podman does not know it, and a busy machine makes it one.
   */
  async pressApart(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await this.press(key);
      await pause(200);
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
