/** The signals of a process, by their numbers and names. */

/** Linux's numbering. Where tmux knows names, as on BSD, it prints those. */
const SIGNALS = [
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGILL",
  "SIGTRAP",
  "SIGABRT",
  "SIGBUS",
  "SIGFPE",
  "SIGKILL",
  "SIGUSR1",
  "SIGSEGV",
  "SIGUSR2",
  "SIGPIPE",
  "SIGALRM",
  "SIGTERM",
  "SIGSTKFLT",
  "SIGCHLD",
  "SIGCONT",
  "SIGSTOP",
  "SIGTSTP",
  "SIGTTIN",
  "SIGTTOU",
  "SIGURG",
  "SIGXCPU",
  "SIGXFSZ",
  "SIGVTALRM",
  "SIGPROF",
  "SIGWINCH",
  "SIGIO",
  "SIGPWR",
  "SIGSYS",
];

/** The number of a signal. */
export function signalNumber(signal: Deno.Signal): number {
  return SIGNALS.indexOf(signal) + 1;
}

/** The name of a signal that tmux prints as a number or a name. */
export function signalName(signal: string): string {
  const value = Number(signal);
  if (!Number.isSafeInteger(value)) {
    return `SIG${signal.toUpperCase().replace(/^SIG/, "")}`;
  }
  return SIGNALS[value - 1] ?? `signal ${value}`;
}
