/**
 * All commands, in the order in which help shows them. What stands here is
 * loaded on every start, what a command is only with the command itself.
 */
import type { Command, CommandEntry } from "../grammar/command.ts";
import { UnknownWordError } from "../errors.ts";

/** All commands. */
export const COMMANDS = [
  {
    name: "list",
    aliases: ["ls"],
    summary: "List every session on this host, and those defined",
    load: async () => (await import("./list.ts")).list,
  },
  {
    name: "start",
    aliases: [],
    summary: "Start sessions",
    load: async () => (await import("./start.ts")).start,
  },
  {
    name: "stop",
    aliases: [],
    summary: "Stop sessions, with time to clean up",
    load: async () => (await import("./stop.ts")).stop,
  },
  {
    name: "restart",
    aliases: [],
    summary: "Stop sessions and start them again",
    load: async () => (await import("./restart.ts")).restart,
  },
  {
    name: "up",
    aliases: [],
    summary: "Start what is defined, and recreate what has changed",
    load: async () => (await import("./up.ts")).up,
  },
  {
    name: "down",
    aliases: [],
    summary: "Stop what is defined, in order",
    load: async () => (await import("./down.ts")).down,
  },
  {
    name: "diff",
    aliases: [],
    summary: "Show what ops up would do, and why",
    load: async () => (await import("./diff.ts")).diff,
  },
  {
    name: "scale",
    aliases: [],
    summary: "Make another number of replicas run",
    load: async () => (await import("./scale.ts")).scale,
  },
  {
    name: "attach",
    aliases: [],
    summary: "Hand the terminal to a session",
    load: async () => (await import("./attach.ts")).attach,
  },
  {
    name: "status",
    aliases: [],
    summary: "Show all that is known of sessions",
    load: async () => (await import("./status.ts")).status,
  },
  {
    name: "logs",
    aliases: [],
    summary: "Show the output of sessions, also as it comes",
    load: async () => (await import("./logs.ts")).logs,
  },
  {
    name: "history",
    aliases: [],
    summary: "Show the runs of sessions, and how they ended",
    load: async () => (await import("./history.ts")).history,
  },
  {
    name: "wait",
    aliases: [],
    summary: "Wait until a session runs, is ready, or has ended",
    load: async () => (await import("./wait.ts")).wait,
  },
  {
    name: "send",
    aliases: [],
    summary: "Type into a session",
    load: async () => (await import("./send.ts")).send,
  },
  {
    name: "exec",
    aliases: [],
    summary: "Run a further program in a container",
    load: async () => (await import("./exec.ts")).exec,
  },
  {
    name: "init",
    aliases: [],
    summary: "Write a configuration to begin with, or of what runs",
    load: async () => (await import("./init.ts")).init,
  },
  {
    name: "config",
    aliases: [],
    summary: "Show the configuration, and what is wrong with it",
    load: async () => (await import("./config.ts")).config,
  },
  {
    name: "doctor",
    aliases: [],
    summary: "Find what is wrong on this host, and what to do about it",
    load: async () => (await import("./doctor.ts")).doctor,
  },
  {
    name: "completions",
    aliases: [],
    summary: "Print what makes a shell complete ops",
    load: async (): Promise<Command> =>
      (await import("./completions.ts")).completions(COMMANDS),
  },
  {
    name: "version",
    aliases: [],
    summary: "Show the version",
    load: async () => (await import("./version.ts")).version,
  },
] as const satisfies readonly CommandEntry[];

/**
 * The commands that end something: they are only suggested for a word that
 * begins as they do, so that `ops top` does not bring anybody to `ops stop`.
 */
const ENDING: readonly string[] = ["stop", "restart", "down", "scale"];

/** The name of a command. */
export type CommandName = typeof COMMANDS[number]["name"];

/**
 * Finds a command by its name or alias.
 *
 * @throws {UnknownWordError} If there is none.
 */
export function findCommand(name: string): CommandEntry {
  const entries: readonly CommandEntry[] = COMMANDS;
  const entry = entries.find((it) => {
    return it.name === name || it.aliases.includes(name);
  });
  if (entry !== undefined) return entry;
  throw new UnknownWordError(
    `unknown command "${name}"`,
    name,
    entries.filter((it) => !ENDING.includes(it.name) || name[0] === it.name[0])
      .flatMap((it) => [it.name, ...it.aliases]),
    (near) => `"ops ${near}"`,
    'see "ops --help" for those there are',
  );
}
