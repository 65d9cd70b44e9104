/** One run of a program: how long, at what cost of CPU and memory. */
import { run, type World } from "./measure.ts";

/** What a run took. */
export interface Sample {
  /** From its start to its end, in milliseconds. */
  readonly wallMs: number;
  /** In user and system mode, with the processes it waited for. */
  readonly cpuMs: number;
  /** The most that one of these processes held, in MB of 1,000,000 bytes. */
  readonly memoryMb: number;
}

/** How it is measured, for people to read. */
export const HOW =
  "Wall time is bash's `EPOCHREALTIME`, CPU time its `time`, " +
  "and peak memory `/usr/bin/time -f %M`";

/** Its output goes to a file: a pipe would have to be read meanwhile. */
const SCRIPT = `TIMEFORMAT='%3U %3S'
began=\${EPOCHREALTIME/[^0-9]/}
{ time /usr/bin/time -q -f %M -o memory "$@" >output 2>&1 </dev/null; } 2>cpu
code=$?
ended=\${EPOCHREALTIME/[^0-9]/}
[ $code = 0 ] || { tail -n 5 output >&2; exit $code; }
echo $((ended - began)) $(<cpu) $(<memory)
`;

/** Runs a program and says what that took; fails if it does. */
export async function sample(
  world: World,
  argv: readonly string[],
): Promise<Sample> {
  const said = await run(world, ["bash", "-c", SCRIPT, "sample", ...argv]);
  const [micros, user, system, kib] = said.replaceAll(",", ".").trim()
    .split(" ").map(Number);
  return {
    wallMs: micros! / 1000,
    cpuMs: (user! + system!) * 1000,
    memoryMb: kib! * 1024 / 1e6,
  };
}
