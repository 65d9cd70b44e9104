# Writes what a pane puts out to files of a limited size, and when it came to an
# index beside each, and sees to it that nothing lives on once the pane is gone.
# It stands in the pane's pipe, and so outlives every process of ours, and the
# tmux server.
#
# `ps` shows its $0, "ops: NAME (log)", and what it is told:
#
# PREFIX TMUX SOCKET PANE LEADER TAG TIMEOUT MAX_SIZE MAX_FILES [REASON]
#   PREFIX     what the names of the run's files begin with; may be empty
#   LEADER     the pid of the pane's first process, the launcher; empty where
#              nothing is to be ended
#   TAG        what the processes of the run carry in their environment
#   TIMEOUT    how long they get to end after a hang-up, in whole seconds
#   MAX_SIZE   of one log file and its index, in bytes; 0: nothing is logged
#   MAX_FILES  of that size, all logs of the session together
#   REASON     what has stopped the writer before this one, if there was one
# shellcheck shell=sh

prefix=$1 tmux=$2 socket=$3 pane=$4 leader=$5 tag=$6 timeout=$7 max_size=$8 max_files=$9
reason=${10-}
birth='' terminal=0
unset KSTLIB_OPS_WRITER
umask 077

# How large files are, all together. Some `wc` reads them to tell.
size_of() {
  # shellcheck disable=SC2012 # The names are of no interest.
  ls -ln -- "$@" 2>/dev/null | awk '{ sum += $5 } END { printf "%.0f\n", sum }'
}

# How large a file is, by the last look at all of them.
listed() {
  bytes=${sizes#*"/${1##*/}
"}
  [ "$bytes" != "$sizes" ] || bytes=0
  bytes=${bytes%%
*}
}

# The oldest logs of the session, of whatever run, go before a new file is begun:
# names sort by age, also those of a log that goes on. One program tells the sizes
# of all: where files are small, there is much of this to do.
next() {
  total=0 sizes=
  while read -r _ _ _ _ bytes _ _ _ f; do
    [ -n "$f" ] || continue
    total=$((total + bytes))
    sizes="$sizes$f
$bytes
"
  done <<END
$(ls -ln -- "${prefix%/*}"/*.log "${prefix%/*}"/*.times 2>/dev/null)
END
  for f in "${prefix%/*}"/*.log; do
    if [ "$total" -le $((max_size * (max_files - 1))) ]; then break; fi
    [ -e "$f" ] || break
    listed "$f"
    total=$((total - bytes))
    listed "${f%.log}.times"
    total=$((total - bytes))
    rm -f "$f" "${f%.log}.times"
  done
  n=$((n + 1)) log=$prefix.${n#1}.log size=0 index_size=0 second=
}

# An entry of the index: the output from this place on came at this time or
# later. After a gap it also says since when nothing was logged, and why. The log
# does without an index that cannot be written: an entry that is cut short ends
# where the next one begins.
index() {
  entry="$1 $now${gap:+ $gap}"
  printf '\n%s' "$entry" 2>/dev/null >>"${log%.log}.times" || return 0
  index_size=$((index_size + ${#entry} + 1)) gap=
}

# The second that it is by a clock that only goes forward. Where the kernel does
# not tell, a process has to.
tell_second() {
  if read -r uptime _ 2>/dev/null </proc/uptime; then
    this_second=${uptime%.*}
  else
    this_second=$(date +%s)
  fi
}

# `dd` writes what it has read at once and as it is, and costs no memory. It ends
# with each read, so that the time of every byte is known. A command that writes
# often would cost a process a line: after some reads in one second this waits,
# and then takes at once all that has come. A full read tells that more is there.
# While this is slower than the output, tmux keeps the rest in memory, so there
# is no needless process in it.
write_logs() {
  n=1000000 gap='' failed='' log=
  for f in "$prefix".*.log; do
    [ ! -e "$f" ] || { n=${f#"$prefix".} n=1${n%.log} log=$f; }
  done
  before=$log
  next
  if [ -n "$before$reason" ]; then
    now=$(date +%s)
    gap=$(date -r "$before" +%s 2>/dev/null || echo "$now")
    gap="$gap ${reason:-its writer was gone}"
    index 0
  fi
  while :; do
    # Somebody may have removed it.
    if [ "$size" -gt 0 ] && [ ! -e "$log" ]; then
      rm -f "${log%.log}.times"
      size=0 index_size=0 second=
    fi
    # An entry of the index has its place, too.
    room=$((max_size - size - index_size - 128))
    if [ "$room" -lt $((max_size / 16)) ]; then next; continue; fi
    [ "$room" -le 262144 ] || room=262144
    if said=$(exec 2>&1; dd bs="$room" count=1 >>"$log"); then
      case $said in
        0+0*) return ;;
        1+0*) count=$room ;;
        *"records out
"[0-9]*) count=${said##*records out
} count=${count%%[!0-9]*} ;;
        # POSIX has it tell no more.
        *) count=$(($(size_of "$log") - size)) ;;
      esac
      note
    else
      lose $? || return
    fi
  done
}

# Notes what was written, and waits if it is little and often.
note() {
  tell_second
  if [ "$this_second" != "$second" ] || [ -n "$gap" ]; then
    second=$this_second reads=0 now=$(date +%s)
    index "$size"
  fi
  size=$((size + count)) reads=$((reads + 1))
  if [ -n "$failed" ]; then
    failed=
    "$tmux" -S "$socket" -N set-option -pu -t "$pane" @kstlib_log_error
  fi
  if [ "$reads" -le 5 ] || [ "$count" -ge 32768 ]; then
    return
  elif [ "$count" -ge 4096 ]; then
    sleep 0.01
  else
    sleep 0.2
  fi
}

# What came is lost; the log goes on as soon as it can be written again. Until
# then output is thrown away for a second at a time. Fails at the end of it.
lose() {
  now=$(date +%s)
  if [ "$1" -gt 128 ]; then
    size=$(size_of "$log")
    gap="${gap:-$now what wrote it was killed}"
    index "$size"
    return 0
  fi
  case $said in *" records in"*) ;; *)
    taken=$(exec 2>&1; dd bs=65536 count=1 >/dev/null)
    case $taken in
      0+0*) return 1 ;;
      *" records in"*) ;;
      *) cat >/dev/null; return 1 ;;
    esac
    ;;
  esac
  said=${said%%
*}
  gap=${gap:-"$now ${said##*: }"}
  if [ -z "$failed" ]; then
    failed=1
    "$tmux" -S "$socket" -N set-option -p -t "$pane" \
      @kstlib_log_error "${said##*: }"
  fi
  # Somebody may have removed it to make room: its index is of no use then.
  if [ ! -e "$log" ]; then
    rm -f "${log%.log}.times"
    index_size=0 second=
  fi
  size=$(size_of "$log")
  cat <&3 >/dev/null &
  sleep 1
  kill $!
  wait $!
  return 0
}

# The launcher notes how the command has ended; killed, it does not.
is_noted() {
  [ -n "$prefix" ] && [ -r "$prefix.end" ] || return 1
  while read -r _ _ _ what; do
    case $what in final | stopped) return 0 ;; esac
  done <"$prefix.end"
  return 1
}

# When a process started, and whether it has a terminal, as its stat has it;
# nothing where there is no /proc.
birth_of() {
  birth='' terminal=0
  read -r it <"/proc/$1/stat" || return 1
  # shellcheck disable=SC2086
  set -- ${it##*") "}
  birth=${20} terminal=$5
}

# Whether the launcher lives, and its number is no other process's.
is_launcher() {
  kill -0 "$leader" || return 1
  [ -r /proc/self/stat ] || return 0
  birth_of "$leader" && [ "$birth" = "$launcher_birth" ]
}

# Whether the pane is still there: then somebody only took its pipe away. The
# kernel takes the terminal from those it hangs up on, perhaps a moment later.
# Where that does not tell, tmux does; if it cannot be asked, nothing is ended on
# a guess.
is_there() {
  if [ "$launcher_terminal" -ne 0 ]; then
    for _ in 1 2 3 4 5 6 7 8 9 10; do
      birth_of "$leader" && [ "$terminal" -ne 0 ] || return 1
      sleep 0.2
    done
    return 0
  fi
  for _ in 1 2 3 4 5; do
    said=$("$tmux" -S "$socket" -N display-message -p -t "$pane" '#{pane_pid}' 2>&1)
    case $?,$said in
      0,"$leader") return 0 ;;
      0,* | 1,*server* | 1,"error connecting"* | 1,"can't find"*) return 1 ;;
    esac
    sleep 0.5
  done
}

# The processes of the run but for the launcher: those of its terminal session
# and its group, those with the tag, and their descendants. What belongs to a tmux
# server, which a session may have started, is the business of that server.
members() {
  if [ -r /proc/self/stat ]; then
    grep -ls "KSTLIB_OPS_RUN=$tag" /proc/[0-9]*/environ
    cat /proc/[0-9]*/stat
  else
    ps -A -o pid= -o stat= -o ppid= -o pgid= -o comm= |
      while read -r pid state parent group name; do
        echo "$pid ($name) $state $parent $group 0"
      done
  fi 2>/dev/null | awk -v leader="$leader" '
    /^\/proc\// { split($0, part, "/"); tagged[part[3]] = 1; next }
    {
      pid = $1
      is_server[pid] = $0 ~ /^[0-9]+ \(\.?tmux[^ ]*:/ && $0 !~ /: client/
      sub(/^.*\) /, "")
      if ($1 ~ /^[ZX]/) next
      parent[pid] = $2
      own[pid] = leader > 0 && ($2 == leader || $3 == leader || $4 == leader)
    }
    function of_server(pid, depth) {
      for (depth = 0; pid in parent && depth < 100; depth++) {
        if (is_server[pid]) return 1
        pid = parent[pid]
      }
      return 0
    }
    END {
      for (pid in parent)
        if (own[pid] || ((pid in tagged) && !of_server(pid))) mine[pid] = 1
      do {
        more = 0
        for (pid in parent)
          if (!(pid in mine) && (parent[pid] in mine)) more = mine[pid] = 1
      } while (more)
      for (pid in mine) if (pid != leader) print pid
    }'
}

# All of them, one by one: one that is gone keeps none of the others.
signal() {
  for pid in $pids; do kill -s "$1" -- "$pid"; done
}

# The kernel has hung up on the launcher alone. Its group is the most of it, and
# mostly all; only then the whole machine is looked through.
hang_up() {
  # In whole seconds, and never shorter than asked.
  deadline=$(($(date +%s) + timeout + 1))
  if [ "$leader" -ne 0 ]; then
    pids=-$leader
    signal HUP
    signal TERM
    signal CONT
  fi
  asked=
  while :; do
    sleep 0.2
    pids=$(members)
    [ -n "$pids" ] || break
    now=$(date +%s)
    # Killing has not helped: there is nothing more that could be done.
    [ "$now" -lt $((deadline + 10)) ] || exit 1
    if [ "$now" -ge "$deadline" ]; then
      signal KILL
    elif [ -z "$asked" ]; then
      asked=1
      signal HUP
      signal TERM
      signal CONT
    fi
  done
  # The launcher only has to note how its command has ended.
  [ "$leader" -ne 0 ] || return
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    kill -0 "$leader" || return 0
    sleep 0.3
  done
  kill -s KILL "$leader"
}

[ -z "$leader" ] || birth_of "$leader" 2>/dev/null
launcher_birth=$birth launcher_terminal=$terminal
# Without a log there is only the end to be waited for.
if [ "$max_size" -eq 0 ]; then
  cat >/dev/null
else
  export LC_ALL=C
  exec 3<&0
  write_logs
fi
[ -n "$leader" ] || exit 0
exec 2>/dev/null
if is_noted; then exit 0; fi
# A number is given away again: of a launcher that is gone, the tag alone counts.
if ! is_launcher; then
  leader=0
elif is_there; then
  exit 0
fi
hang_up
