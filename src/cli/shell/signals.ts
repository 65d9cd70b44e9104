/** The signals that ask a program to end. */

/** Those signals, with what a shell shows of a process that they ended. */
const ENDING = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Calls back when the process is asked to end, instead of ending it there. A
 * second time ends it as ever, whatever is still to be done.
 *
 * @param onEnd Gets the exit code that stands for the signal.
 * @returns What gives the signals back.
 */
export function catchEnd(onEnd: (code: number) => void): Disposable {
  const listeners = Object.entries(ENDING).map(([name, code]) => {
    const listener = () => {
      release();
      onEnd(code);
    };
    Deno.addSignalListener(name as Deno.Signal, listener);
    return { name: name as Deno.Signal, listener };
  });
  const release = () => {
    for (const { name, listener } of listeners.splice(0)) {
      Deno.removeSignalListener(name, listener);
    }
  };
  return { [Symbol.dispose]: release };
}
