/**
 * The POSIX sh that writes what a pane puts out to files of a limited size. It
 * stands in the pane's pipe, and so outlives every process of ours.
 */
import type { LogLimits } from "../state/history.ts";
import { shellQuote } from "./quote.ts";

/** The most that is written at once. */
const LARGEST_BLOCK = 65_536;
/** A file is full when less than such a part of it is free. */
const FREE_PART = 8;
/** After so many reads it looks at the size. */
const MAX_READS = 64;

/**
 * The shell command of `pipe-pane`, in which tmux expands `#{}` and `%`. The
 * pane's `@kstlib_prefix` is what the names of the files begin with.
 */
export function logWriter(limits: LogLimits, tmuxBinary: string): string {
  const script = literal(writer(limits));
  const binary = literal(shellQuote(tmuxBinary));
  return `set -- #{q:@kstlib_prefix} ${binary} #{q:socket_path} #{pane_id}
${script}`;
}

/** A text in which `pipe-pane` expands nothing. */
function literal(text: string): string {
  return text.replaceAll("%", "%%").replaceAll("#", "##");
}

// `dd` writes each read at once and as it is, costs no memory, and stops after
// a number of reads that cannot fill the file beyond its size. It adds nothing
// only at the end. The oldest logs of the session, of whatever run, go before a
// new file is begun: names sort by age, also those of a log that goes on. While this is slower than the output,
// tmux keeps the rest in memory, so there is no needless process in it. When it
// fails, it says why in the pane, where GNU's may have warned of a short read
// before, and leaves: the session goes on, and `ops status` arms it again.
function writer({ maxSize, maxFiles }: LogLimits): string {
  const block = Math.min(LARGEST_BLOCK, Math.floor(maxSize / FREE_PART));
  return `umask 077
n=1000000
for f in "$1".*.log; do
  [ ! -e "$f" ] || { n=\${f#"$1".}; n=1\${n%.log}; }
done
next() {
  total=$(wc -c /dev/null "\${1%/*}"/*.log)
  total=\${total##*
}
  total=\${total#"\${total%%[0-9]*}"} total=\${total%%[!0-9]*}
  for f in "\${1%/*}"/*.log; do
    [ $total -gt ${maxSize * (maxFiles - 1)} ] && [ -e "$f" ] || break
    total=$((total - $(wc -c <"$f")))
    rm -f "$f"
  done
  n=$((n + 1)) log=$1.\${n#1}.log size=0
}
next "$@"
while :; do
  reads=$(((${maxSize} - size) / ${block}))
  if [ $reads -eq 0 ]; then next "$@"; continue; fi
  [ $reads -le ${MAX_READS} ] || reads=${MAX_READS}
  said=$({ dd bs=${block} count=$reads >>"$log"; } 2>&1) || break
  case $said in "$reads+0 "*) size=$((size + reads * ${block})); continue ;; esac
  before=$size
  size=$(wc -c <"$log") || break
  [ $size -gt $before ] || exit 0
done
case $said in *"
dd: "*) said=\${said#*
} ;; esac
said=\${said%%
*}
"$2" -S "$3" set-option -p -t "$4" @kstlib_log_error "\${said##*: }"`;
}
