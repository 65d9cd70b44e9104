/**
 * Which Deno permission each command needs, and what for. The one source: the
 * page of permissions, the binary and the tests under narrow permissions come
 * from it.
 */
import type { CommandName } from "./commands/table.ts";

/** A kind of permission, as in `--allow-run`. */
export type PermissionKind = "run" | "net" | "read" | "write" | "env" | "sys";

/** A permission, and what it is for. */
export interface Permission {
  /** Its kind. */
  readonly kind: PermissionKind;
  /** What it is restricted to; empty for all. */
  readonly values: readonly string[];
  /** What it is for. */
  readonly purpose: string;
  /** What becomes worse without it; `null` if nothing works without it. */
  readonly without: string | null;
}

const engines: Permission = {
  kind: "run",
  values: ["tmux", "podman", "docker"],
  purpose: "ask the engines",
  without: null,
};
const configVariables: Permission = {
  kind: "env",
  values: ["HOME", "XDG_CONFIG_HOME", "CONFIG_PATH"],
  purpose: "find the configuration",
  without: "a warning, and what is defined is not known",
};
const files: Permission = {
  kind: "read",
  values: [],
  purpose: "read the configuration, and see which tmux sockets there are",
  without: "a warning; neither what is defined nor other sockets are known",
};
const socketVariables: Permission = {
  kind: "env",
  values: ["TMUX_TMPDIR"],
  purpose: "find the folder of the tmux sockets",
  without:
    "only the default tmux socket is looked at; list, up, down, diff and init " +
    "warn of it",
};
const user: Permission = {
  kind: "sys",
  values: ["uid"],
  purpose: "find the user's own folder of tmux sockets",
  without:
    "only the default tmux socket is looked at; list, up, down, diff and init " +
    "warn of it",
};
const insideTmux: Permission = {
  kind: "env",
  values: ["TMUX"],
  purpose: "switch the client instead of nesting tmux in tmux",
  without: null,
};
const terminal: Permission = {
  kind: "env",
  values: ["TERM"],
  purpose: "know a terminal without colors",
  without: "colors on every terminal, unless NO_COLOR or --no-color",
};
const debugging: Permission = {
  kind: "env",
  values: ["KSTLIB_OPS_DEBUG"],
  purpose: "show where an error came from",
  without: "errors without a stack",
};

const stateVariable: Permission = {
  kind: "env",
  values: ["XDG_STATE_HOME"],
  purpose: "find the folder of logs and history",
  without: "a warning; neither is kept nor known",
};
const listedVariable: Permission = {
  ...stateVariable,
  purpose: "know what tmux has lost, and which engines are needed",
  without: "a warning; neither is known",
};
const stateFolder: Permission = {
  kind: "write",
  // Or that folder: $HOME/.local/state, unless XDG_STATE_HOME says otherwise.
  values: [],
  purpose: "note how sessions ended",
  without: "where there is something to note, a warning",
};
const noting: Permission = {
  ...stateFolder,
  without: "a warning; the history does not know who ended it",
};
const keeping: Permission = {
  ...stateFolder,
  purpose: "keep logs and history, and make the folder of a log_volume",
  without: "a warning: neither is kept; a session with a log_volume is not " +
    "started",
};
const uptime: Permission = {
  kind: "sys",
  values: ["osUptime"],
  purpose: "tell a reboot from an engine that went away",
  without: "a reboot is told as engine gone",
};

/** What is not permitted is not examined, and that is one of the findings. */
function examined(permission: Permission, what: string): Permission {
  return { ...permission, without: `a note; ${what} not examined` };
}

/** What looks for a session that is there by its name, or for all of them. */
const looking = [
  engines,
  configVariables,
  files,
  socketVariables,
  user,
  terminal,
  debugging,
] as const;

/** What looks at nothing but what is there. */
const present = [
  ...looking,
  {
    ...stateVariable,
    purpose: "know whether an engine that does not run is needed",
    without: "such an engine is taken for one that is needed",
  },
] as const;

/** What also looks at what is remembered. */
const remembering = [
  ...looking,
  stateVariable,
  stateFolder,
  uptime,
] as const;

/** What compares the configuration with what runs. */
const comparing: readonly Permission[] = [
  engines,
  required(configVariables),
  required(files),
  socketVariables,
  user,
  stateVariable,
  uptime,
  terminal,
  debugging,
];

/** What acts on that, too. */
const planning: readonly Permission[] = [...comparing, keeping];

/**
 * What only `up`, `restart` and `wait` need, and only where a session is ready when a port
 * or an address answers. A binary holds it for this machine alone.
 */
export const PROBING: Permission = {
  kind: "net",
  values: ["127.0.0.1", "localhost", "[::1]"],
  purpose: "see whether a port or an address answers, for ready",
  without: null,
};

/** The permissions of each command. */
export const PERMISSIONS: Readonly<Record<CommandName, readonly Permission[]>> =
  {
    list: [...looking, listedVariable, uptime],
    start: [
      engines,
      required(configVariables),
      required(files),
      stateVariable,
      keeping,
      uptime,
      terminal,
      debugging,
    ],
    stop: [...looking, stateVariable, noting, uptime],
    restart: planning,
    attach: [...present, insideTmux],
    up: planning,
    down: planning,
    scale: planning,
    diff: comparing,
    status: remembering,
    logs: remembering,
    history: remembering,
    wait: remembering,
    send: present,
    exec: present,
    init: [
      { ...engines, purpose: "ask the engines what runs (--from-running)" },
      configVariables,
      { ...files, purpose: "see what is there, and read it", without: null },
      socketVariables,
      user,
      listedVariable,
      uptime,
      {
        kind: "write",
        values: [],
        purpose: "write the configuration",
        without: null,
      },
      terminal,
      debugging,
    ],
    config: [
      required(configVariables),
      { ...files, purpose: "read the configuration", without: null },
      terminal,
      debugging,
    ],
    doctor: [
      examined(engines, "the engines are"),
      examined(configVariables, "the configuration is"),
      examined(files, "sockets, configuration and the state folder are"),
      examined(socketVariables, "other sockets than the default are"),
      examined(user, "other sockets than the default are"),
      examined(stateVariable, "the state folder is"),
      {
        ...examined(stateFolder, "space and rights of the state folder are"),
        purpose: "try whether the state folder can be written to",
      },
      terminal,
      debugging,
    ],
    completions: [],
    version: [],
  };

function required(permission: Permission): Permission {
  return { ...permission, without: null };
}

/** Permissions as flags of `deno run`, one per kind. */
export function toDenoFlags(permissions: readonly Permission[]): string[] {
  const byKind = new Map<PermissionKind, Set<string> | null>();
  for (const { kind, values } of permissions) {
    const known = byKind.get(kind);
    // Without values it is for all, whatever else is asked for.
    if (values.length === 0 || known === null) byKind.set(kind, null);
    else byKind.set(kind, new Set([...known ?? [], ...values]));
  }
  return [...byKind].map(([kind, values]) =>
    values === null
      ? `--allow-${kind}`
      : `--allow-${kind}=${[...values].join(",")}`
  );
}
