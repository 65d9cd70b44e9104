/**
 * How a pane runs its command: by a launcher, which is `launcher.sh`. Neither
 * its text nor the command stands in any command line.
 */
import type { RestartPolicy } from "../../core/lifecycle.ts";
import { shellQuote } from "./quote.ts";

/**
 * Variables that tmux sets in every pane, and a shell at its start (IFS), over
 * whatever a session asks for. They travel under another name and are put right
 * just before the command.
 */
export const OVERRIDDEN_VARIABLES = [
  "COLORTERM",
  "IFS",
  "PATH",
  "SHELL",
  "TERM",
  "TERM_PROGRAM",
  "TERM_PROGRAM_VERSION",
  "TMUX",
  "TMUX_PANE",
] as const;

/** The launcher's own text, for the time of a start among the server's own. */
export const LAUNCHER_VARIABLE = "KSTLIB_OPS_LAUNCHER";
/** The option of the server that holds the text of `respawned.sh`. */
export const RESPAWNED_OPTION = "@kstlib_respawned";
/** What runs where only the pane is started again: it gets that text. */
const RESPAWNED_VARIABLE = "KSTLIB_OPS_RESPAWNED";
const RESPAWNED = 'eval "set -- $KSTLIB_OPS_LAUNCH"; ' +
  `eval "$("$1" -N show-options -gqv ${RESPAWNED_OPTION} </dev/null)"`;
/** Tells a launcher its run, also where tmux starts it again. */
export const RUN_SPEC_VARIABLE = "KSTLIB_OPS_LAUNCH_RUN";

/** The name under which one of {@linkcode OVERRIDDEN_VARIABLES} travels. */
export function travelName(name: string): string {
  return `KSTLIB_OPS_${name}`;
}

/** The session's variables, under the names by which they reach its pane. */
export function travelling(
  env: Readonly<Record<string, string>>,
): Record<string, string> {
  const overridden: readonly string[] = OVERRIDDEN_VARIABLES;
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      overridden.includes(name) ? travelName(name) : name,
      value,
    ]),
  );
}

/** What a launcher needs to know. */
export interface LaunchSpec {
  /** The session's name. */
  readonly name: string;
  /** The exact argv. */
  readonly command: readonly string[];
  /**
   * The program that the command is, as a word for a shell: `$1` for the first
   * word of the argv, empty where it is not known.
   */
  readonly program: string;
  /** The session's variables. */
  readonly env: Readonly<Record<string, string>>;
  /** When the command is started again. */
  readonly restart: RestartPolicy;
  /** The tmux program. */
  readonly tmuxBinary: string;
}

/** What a pane runs, and the variables that this takes. */
export interface Launch {
  /** Its argv; `null`: tmux's own choice of shell. */
  readonly argv: readonly string[] | null;
  /** Its environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** How a pane runs a command. */
export function launchCommand(
  { name, command, program, env, restart, tmuxBinary }: LaunchSpec,
): Launch {
  const facts = [
    tmuxBinary,
    restart.name,
    `${restart.maxRetries ?? "-"}`,
    overriddenIn(env).join(" "),
    `${command.length}`,
    program,
  ];
  // Each by itself: no variable may be longer than a word of a command line.
  const words = command.map((word, i) => [`KSTLIB_OPS_WORD_${i}`, word]);
  return {
    argv: [
      ...[
        "sh",
        "-c",
        `eval "\${${LAUNCHER_VARIABLE}:-$${RESPAWNED_VARIABLE}}"`,
      ],
      `ops: ${name}`,
    ],
    env: {
      ...travelling(env),
      [RESPAWNED_VARIABLE]: RESPAWNED,
      KSTLIB_OPS_LAUNCH: facts.map(shellQuote).join(" "),
      ...Object.fromEntries(words),
    },
  };
}

/**
 * How a pane runs an interactive shell. tmux's own choice of one needs help only
 * where tmux sets one of the session's variables.
 */
export function launchShell(env: Readonly<Record<string, string>>): Launch {
  const restore = overriddenIn(env).map((name) =>
    `${name}=$${travelName(name)}; export ${name}; unset ${travelName(name)};`
  ).join(" ");
  return {
    argv: restore === ""
      ? null
      : ["sh", "-c", `${restore} exec "\${SHELL:-/bin/sh}" -l`],
    env: travelling(env),
  };
}

function overriddenIn(env: Readonly<Record<string, string>>): string[] {
  return OVERRIDDEN_VARIABLES.filter((name) => Object.hasOwn(env, name));
}
