/** What a `SessionManager` is made from, and where it is looked for. */
import type { LoadedConfig } from "../config/model.ts";
import type {
  ContainerRuntime,
  SessionConfigOptions,
} from "../core/definition.ts";
import type { Readiness } from "../core/ready.ts";
import type { Capability, Scope } from "../engines/registry.ts";
import type { ProcessHost } from "../host/host.ts";
import type { MemoryOptions } from "../state/memory.ts";

/** What a `SessionManager` is made from. */
export interface SessionManagerOptions
  extends Omit<SessionConfigOptions, "name">, MemoryOptions {
  /** Label of the tmux socket. @default {null} the default one */
  readonly socketName?: string | null | undefined;
  /** The tmux program. @default {"tmux"} */
  readonly tmuxBinary?: string | undefined;
  /**
   * Start an interactive shell, on tmux and without a command. What is defined
   * without a command is one.
   *
   * @default {false} without a command, nothing is started
   */
  readonly shell?: boolean | undefined;
  /**
   * When it is ready for others, see `SessionManager.wait`.
   *
   * @default {undefined} by the health check of its container, if it has one,
   * else when it is started
   */
  readonly ready?: Readiness | undefined;
  /** The exit codes that are no failure. @default {[0]} */
  readonly successExitCodes?: readonly number[] | undefined;
  /** Where the engines' programs are run. @default {localHost} this machine */
  readonly host?: ProcessHost | undefined;
  /** Shows a text to the person at the terminal while the work goes on. */
  readonly notify?: ((text: string) => void) | undefined;
}

/** What may be different for one start. */
export interface StartOverrides extends
  Omit<
    SessionConfigOptions,
    "name" | "backend" | "command" | "runtime"
  > {
  /** See {@linkcode SessionManagerOptions.shell}. */
  readonly shell?: boolean | undefined;
}

/** Where `SessionManager.fromConfig` finds definitions. */
export interface FromConfigOptions extends MemoryOptions {
  /** A loaded configuration, or its file. @default {undefined} the search */
  readonly config?: LoadedConfig | string | undefined;
  /** The runtime of a container whose definition leaves it open. */
  readonly runtime?: ContainerRuntime | undefined;
  /** Where the engines' programs are run. @default {localHost} this machine */
  readonly host?: ProcessHost | undefined;
  /** Shows a text to the person at the terminal while the work goes on. */
  readonly notify?: ((text: string) => void) | undefined;
}

/** Where `SessionManager.find` looks. */
export interface FindOptions extends Scope, MemoryOptions {
  /** A definition in it decides first. @default {null} none is consulted */
  readonly config?: LoadedConfig | null | undefined;
  /**
   * Find a session, too, that no engine has any more but whose runs are
   * remembered: where the last of them was.
   *
   * @default {true}
   */
  readonly remembered?: boolean | undefined;
  /**
   * Take a session that nobody knows for one that its tmux server has lost, for
   * processes of it may live on: stopping it ends them.
   *
   * @default {false}
   */
  readonly lost?: boolean | undefined;
  /**
   * What it is to do: an engine that is not there for that is asked only if no
   * other has it.
   *
   * @default {undefined} whatever every engine can
   */
  readonly capability?: Capability | undefined;
  /**
   * Act on the session as it was found: the first method that is called does
   * not ask for it again. Only for callers that call one at once.
   *
   * @default {false}
   */
  readonly asFound?: boolean | undefined;
  /** Shows a text to the person at the terminal while the work goes on. */
  readonly notify?: ((text: string) => void) | undefined;
}
