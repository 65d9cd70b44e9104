/**
 * The POSIX sh that writes what a pane puts out to files of a limited size. It
 * stands in the pane's pipe, and so outlives every process of ours.
 */
import type { LogLimits } from "../state/history.ts";

/** The smallest size of a file: what is written at once. */
const BLOCK = 65_536;
/** After so many reads it looks at the size. */
const MAX_READS = 64;

/**
 * The shell command of `pipe-pane`, in which tmux expands `#{}` and `%`. The
 * pane's `@kstlib_prefix` is what the names of the files begin with.
 */
export function logWriter(limits: LogLimits, tmuxBinary: string): string {
  const script = writer(limits).replaceAll("%", "%%").replaceAll("#", "##");
  const binary = `'${tmuxBinary.replaceAll("'", `'\\''`)}'`
    .replaceAll("%", "%%").replaceAll("#", "##");
  return `set -- #{q:@kstlib_prefix} ${binary} #{q:socket_path} #{pane_id}
${script}`;
}

// `dd` writes each read at once and as it is, costs no memory, and stops after
// a number of reads that cannot fill the file beyond its size. It adds nothing
// only at the end. The oldest logs of the session, of whatever run, go before a
// new file is begun: names sort by age. When it fails, it says why in the pane,
// and leaves: the session goes on, and `ops status` arms it again.
function writer({ maxSize, maxFiles }: LogLimits): string {
  return `umask 077
n=0
next() {
  total=0
  for f in "\${1%/*}"/*.log; do [ ! -e "$f" ] || total=$((total + $(wc -c <"$f"))); done
  for f in "\${1%/*}"/*.log; do
    [ $total -gt ${maxSize * (maxFiles - 1)} ] && [ -e "$f" ] || break
    total=$((total - $(wc -c <"$f")))
    rm -f "$f"
  done
  while n=$((n + 1)) log=$1.$(printf %06d $n).log && [ -e "$log" ]; do :; done
  size=0
}
next "$@"
while :; do
  reads=$(((${maxSize} - size) / ${BLOCK}))
  if [ $reads -eq 0 ]; then next "$@"; continue; fi
  [ $reads -le ${MAX_READS} ] || reads=${MAX_READS}
  said=$({ dd bs=${BLOCK} count=$reads >>"$log"; } 2>&1) || break
  before=$size
  size=$(wc -c <"$log") || break
  [ $size -gt $before ] || exit 0
done
said=\${said%%
*}
"$2" -S "$3" set-option -p -t "$4" @kstlib_log_error "\${said##*: }"`;
}
