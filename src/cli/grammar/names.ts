/** Operands that name sessions, several with one word. */
import type { Operand } from "./command.ts";
import { type Flag, switchFlag } from "./flags.ts";

/** Names of sessions that may be there or be defined. */
export const NAMES: Operand = {
  name: "NAME",
  many: true,
  summary: "Exact names; of what is defined also @GROUP, or 'bot-*'",
};

/** The same, where `--all` can stand for them. */
export const NAMES_OR_ALL: Operand = { ...NAMES, or: "all" };

/** Names of definitions; without any, all are meant. */
export const DEFINED_NAMES: Operand = {
  ...NAMES,
  optional: true,
  summary: "What is defined: its name, @GROUP, or 'bot-*' (default: all)",
};

/** The switch that stands for all names. */
export const allFlag: Flag<boolean> = switchFlag({
  summary: "All that the configuration defines, instead of names",
});
