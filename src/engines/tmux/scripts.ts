// Made by `deno task scripts` of the scripts beside it.
// deno-fmt-ignore-file
export const LAUNCHER = `eval "set -- $KSTLIB_OPS_LAUNCH"
kstlib_tmux=$1 kstlib_policy=$2 kstlib_retries=$3 kstlib_restore=$4
kstlib_count=$5 kstlib_program=$6 kstlib_i=0
set --
while [ "$kstlib_i" -lt "$kstlib_count" ]; do
eval "set -- \\"\\$@\\" \\"\\$KSTLIB_OPS_WORD_$kstlib_i\\"; unset KSTLIB_OPS_WORD_$kstlib_i"
kstlib_i=$((kstlib_i + 1))
done
kstlib_tag=\${KSTLIB_OPS_LAUNCH_RUN%% *} kstlib_prefix=\${KSTLIB_OPS_LAUNCH_RUN#* }
unset KSTLIB_OPS_LAUNCHER KSTLIB_OPS_RESPAWNED KSTLIB_OPS_LAUNCH KSTLIB_OPS_LAUNCH_RUN
kstlib_restarts=0 kstlib_delay=1 kstlib_stopping='' kstlib_is_lost='' kstlib_may_end=''
kstlib_catch() { trap : HUP INT QUIT ABRT USR1 USR2 PIPE ALRM TERM; }
kstlib_ignore() { trap '' HUP INT QUIT ABRT USR1 USR2 PIPE ALRM TERM; }
kstlib_call() { "$kstlib_tmux" -N "$@" </dev/null; }
kstlib_find_fault() {
eval "kstlib_program=$kstlib_program"
case " $kstlib_restore " in *" PATH "*) PATH=$KSTLIB_OPS_PATH ;; esac
case $kstlib_program in
'') return ;;
/*) kstlib_where='' ;;
*/*) kstlib_where=" (in $PWD)" ;;
*)
if ! kstlib_where=$(command -v -- "$kstlib_program"); then
printf 'there is no program "%s" (PATH: %s)' "$kstlib_program" "$PATH"
fi
case $kstlib_where in /*) kstlib_program=$kstlib_where ;; *) return ;; esac
kstlib_where=''
;;
esac
if [ -d "$kstlib_program" ]; then
printf '"%s" is a folder%s' "$kstlib_program" "$kstlib_where"
elif [ ! -e "$kstlib_program" ]; then
printf 'there is no program "%s"%s' "$kstlib_program" "$kstlib_where"
elif [ ! -x "$kstlib_program" ]; then
printf '"%s" may not be executed%s: chmod +x' "$kstlib_program" "$kstlib_where"
elif [ -f "$kstlib_program" ] &&
IFS=' 	' read -r kstlib_first kstlib_second _ <"$kstlib_program"; then
case $kstlib_first in
'#!') kstlib_first=$kstlib_second ;;
'#!'*) kstlib_first=\${kstlib_first#??} ;;
*) return ;;
esac
[ -e "$kstlib_first" ] ||
printf 'there is no "%s", the interpreter of "%s"%s' \\
"$kstlib_first" "$kstlib_program" "$kstlib_where"
fi
}
kstlib_give_up() {
kstlib_call set-option -p -t "$TMUX_PANE" @kstlib_fault "$kstlib_fault" >/dev/null
printf 'ops: %s\\n' "$kstlib_fault" >&3
case $kstlib_fault in 'there is no '*) exit 127 ;; *) exit 126 ;; esac
}
kstlib_become() {
read -r kstlib_pid _ </proc/self/stat || kstlib_pid=$(exec sh -c 'echo "$PPID"')
kstlib_fault=$(kstlib_find_fault "$@")
[ -z "$kstlib_fault" ] || kstlib_give_up
kstlib_call set-option -p -t "$TMUX_PANE" @kstlib_pid "$kstlib_pid" \\; \\
set-option -pu -t "$TMUX_PANE" @kstlib_fault >/dev/null || exit 125
export KSTLIB_OPS_RUN="$kstlib_tag" KSTLIB_OPS_SESSION="\${TMUX%%,*}:\${0#ops: }"
exec 2>&3 3>&-
for kstlib_name in $kstlib_restore; do
eval "$kstlib_name=\\$KSTLIB_OPS_$kstlib_name; export $kstlib_name; unset KSTLIB_OPS_$kstlib_name"
done
exec "$@"
}
kstlib_ask() {
kstlib_try=0
while [ "$kstlib_try" -lt 30 ]; do
kstlib_told=$(kstlib_call display-message -p -t "$TMUX_PANE" \\
"%s|#{@kstlib_stopping}|#{?#{==:#{pane_pid},$$},#{@kstlib_run},respawned}")
case $kstlib_told in
*'|'*'|'?*) break ;;
*'|'*'|') sleep 0.1 ;;
*) [ "$kstlib_try" -lt 2 ] || break ;;
esac
kstlib_try=$((kstlib_try + 1))
done
case $kstlib_told in
[0-9]*'|'*) kstlib_now=\${kstlib_told%%|*} ;;
*) kstlib_now=$(date +%s) ;;
esac
kstlib_told=\${kstlib_told#*|}
kstlib_stopping=\${kstlib_told%%|*}
case \${kstlib_told#*|} in
"$kstlib_tag "*) ;;
*) kstlib_is_lost=1 kstlib_stopping='' ;;
esac
[ "\${kstlib_stopping:-0}" -gt "$kstlib_now" ] || kstlib_stopping=''
}
kstlib_note() {
[ -n "$kstlib_prefix" ] || return
(umask 077 && echo "$kstlib_code \${kstlib_signal:--} $kstlib_ended $1" >>"$kstlib_prefix.end")
}
kstlib_tell() { kstlib_call set-option -p -t "$TMUX_PANE" @kstlib_restarts "$1"; }
kstlib_is_wanted() {
[ -z "$kstlib_stopping$kstlib_is_lost" ] || return 1
case $kstlib_policy in
no) return 1 ;;
on-failure) [ "$kstlib_code" -ne 0 ] || return 1 ;;
esac
if [ "$kstlib_retries" = - ] || [ "$kstlib_restarts" -lt "$kstlib_retries" ]; then return 0; fi
kstlib_tell "$kstlib_restarts used-up"
return 1
}
kstlib_back_off() {
[ $((kstlib_ended - kstlib_began)) -lt 60 ] || kstlib_delay=1
kstlib_tell "$kstlib_restarts $((kstlib_ended + kstlib_delay))"
kstlib_call set-option -pu -t "$TMUX_PANE" @kstlib_pid
kstlib_catch
sleep $kstlib_delay
kstlib_ignore
kstlib_ask
[ -z "$kstlib_stopping$kstlib_is_lost" ] || return 1
kstlib_restarts=$((kstlib_restarts + 1))
kstlib_tell $kstlib_restarts
kstlib_delay=$((kstlib_delay < 30 ? kstlib_delay * 2 : 60))
}
kstlib_hold() {
[ -z "$kstlib_may_end" ] || return
sleep "$1" &
wait $!
kill -s KILL $!
}
kstlib_catch
exec 3>&2 2>/dev/null
while :; do
[ "$kstlib_policy" = no ] || kstlib_began=$(date +%s)
(kstlib_become "$@")
kstlib_code=$? kstlib_signal=-
kstlib_ignore
trap kstlib_may_end=1 URG
[ $kstlib_code -le 128 ] || kstlib_signal=$(kill -l $kstlib_code)
kstlib_ask
kstlib_ended=$kstlib_now
kstlib_is_wanted || break
kstlib_note again
kstlib_back_off || break
kstlib_catch
done
if [ -n "$kstlib_is_lost" ]; then
kstlib_note gone
elif [ -n "$kstlib_stopping" ]; then
kstlib_note stopped
else
kstlib_note final
if [ -r /proc/self/stat ] &&
grep -qs "KSTLIB_OPS_RUN=$kstlib_tag" /proc/[0-9]*/environ; then
kstlib_call set-option -p -t "$TMUX_PANE" @kstlib_left 1
elif [ "\${kstlib_signal:--}" != - ]; then
kstlib_call set-option -p -t "$TMUX_PANE" @kstlib_left 0
fi
kstlib_call run-shell -b 'sleep 0.3' &
fi
if [ -n "$kstlib_stopping" ]; then
kstlib_hold 1
[ -n "$kstlib_may_end" ] || kstlib_call set-option -p -t "$TMUX_PANE" \\
@kstlib_ended "$kstlib_code \${kstlib_signal:--} $kstlib_ended"
kstlib_hold $((kstlib_stopping - kstlib_now - 1))
else
sleep 0.05
fi
wait
case $kstlib_signal in
- | '' | CHLD | CONT | STOP | TSTP | TTIN | TTOU | URG | WINCH) ;;
*)
trap - HUP INT QUIT ABRT USR1 USR2 PIPE ALRM TERM
ulimit -c 0
kill -s "$kstlib_signal" $$
[ "$kstlib_signal" != QUIT ] || exec env kill -s QUIT $$
;;
esac
exit $kstlib_code`;
export const LOG_WRITER = `prefix=$1 tmux=$2 socket=$3 pane=$4 leader=$5 tag=$6 timeout=$7 max_size=$8 max_files=$9
reason=\${10-}
birth='' terminal=0
unset KSTLIB_OPS_WRITER
umask 077
size_of() {
ls -ln -- "$@" 2>/dev/null | awk '{ sum += $5 } END { printf "%.0f\\n", sum }'
}
listed() {
bytes=\${sizes#*"/\${1##*/}
"}
[ "$bytes" != "$sizes" ] || bytes=0
bytes=\${bytes%%
*}
}
next() {
total=0 sizes=
while read -r _ _ _ _ bytes _ _ _ f; do
[ -n "$f" ] || continue
total=$((total + bytes))
sizes="$sizes$f
$bytes
"
done <<END
$(ls -ln -- "\${prefix%/*}"/*.log "\${prefix%/*}"/*.times 2>/dev/null)
END
for f in "\${prefix%/*}"/*.log; do
if [ "$total" -le $((max_size * (max_files - 1))) ]; then break; fi
[ -e "$f" ] || break
listed "$f"
total=$((total - bytes))
listed "\${f%.log}.times"
total=$((total - bytes))
rm -f "$f" "\${f%.log}.times"
done
n=$((n + 1)) log=$prefix.\${n#1}.log size=0 index_size=0 second=
}
index() {
entry="$1 $now\${gap:+ $gap}"
printf '\\n%s' "$entry" 2>/dev/null >>"\${log%.log}.times" || return 0
index_size=$((index_size + \${#entry} + 1)) gap=
}
tell_second() {
if read -r uptime _ 2>/dev/null </proc/uptime; then
this_second=\${uptime%.*}
else
this_second=$(date +%s)
fi
}
write_logs() {
n=1000000 gap='' failed='' log=
for f in "$prefix".*.log; do
[ ! -e "$f" ] || { n=\${f#"$prefix".} n=1\${n%.log} log=$f; }
done
before=$log
next
if [ -n "$before$reason" ]; then
now=$(date +%s)
gap=$(date -r "$before" +%s 2>/dev/null || echo "$now")
gap="$gap \${reason:-its writer was gone}"
index 0
fi
while :; do
if [ "$size" -gt 0 ] && [ ! -e "$log" ]; then
rm -f "\${log%.log}.times"
size=0 index_size=0 second=
fi
room=$((max_size - size - index_size - 128))
if [ "$room" -lt $((max_size / 16)) ]; then next; continue; fi
[ "$room" -le 262144 ] || room=262144
if said=$(exec 2>&1; dd bs="$room" count=1 >>"$log"); then
case $said in
0+0*) return ;;
1+0*) count=$room ;;
*"records out
"[0-9]*) count=\${said##*records out
} count=\${count%%[!0-9]*} ;;
*) count=$(($(size_of "$log") - size)) ;;
esac
note
else
lose $? || return
fi
done
}
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
lose() {
now=$(date +%s)
if [ "$1" -gt 128 ]; then
size=$(size_of "$log")
gap="\${gap:-$now what wrote it was killed}"
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
said=\${said%%
*}
gap=\${gap:-"$now \${said##*: }"}
if [ -z "$failed" ]; then
failed=1
"$tmux" -S "$socket" -N set-option -p -t "$pane" \\
@kstlib_log_error "\${said##*: }"
fi
if [ ! -e "$log" ]; then
rm -f "\${log%.log}.times"
index_size=0 second=
fi
size=$(size_of "$log")
cat <&3 >/dev/null &
sleep 1
kill $!
wait $!
return 0
}
is_noted() {
[ -n "$prefix" ] && [ -r "$prefix.end" ] || return 1
while read -r _ _ _ what; do
case $what in final | stopped) return 0 ;; esac
done <"$prefix.end"
return 1
}
birth_of() {
birth='' terminal=0
read -r it <"/proc/$1/stat" || return 1
set -- \${it##*") "}
birth=\${20} terminal=$5
}
is_launcher() {
kill -0 "$leader" || return 1
[ -r /proc/self/stat ] || return 0
birth_of "$leader" && [ "$birth" = "$launcher_birth" ]
}
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
/^\\/proc\\// { split($0, part, "/"); tagged[part[3]] = 1; next }
{
pid = $1
is_server[pid] = $0 ~ /^[0-9]+ \\(\\.?tmux[^ ]*:/ && $0 !~ /: client/
sub(/^.*\\) /, "")
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
signal() {
for pid in $pids; do kill -s "$1" -- "$pid"; done
}
hang_up() {
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
[ "$leader" -ne 0 ] || return
for _ in 1 2 3 4 5 6 7 8 9 10; do
kill -0 "$leader" || return 0
sleep 0.3
done
kill -s KILL "$leader"
}
[ -z "$leader" ] || birth_of "$leader" 2>/dev/null
launcher_birth=$birth launcher_terminal=$terminal
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
if ! is_launcher; then
leader=0
elif is_there; then
exit 0
fi
hang_up`;
export const RESPAWNED = `tmux=$1
echo "ops: this pane was respawned, and what ran in it is ended; to start it again: ops restart \${0#ops: }"
told=$("$tmux" -N display-message -p -t "$TMUX_PANE" '#{@kstlib_stop}|#{@kstlib_pid}|#{@kstlib_run}' </dev/null)
timeout=\${told%%|*} told=\${told#*|}
timeout=\${timeout##* } command=\${told%%|*} tag=\${told#*|}
tag=\${tag%% *}
if read -r it <"/proc/\${command:-none}/stat"; then
set -- \${it##*") "}
launcher=$2
else
launcher=$(ps -o ppid= -p "\${command:-0}")
fi 2>/dev/null
eval "writer=$("$tmux" -N show-options -gqv @kstlib_log_writer </dev/null)"
sh -c "$writer" "$0 (respawned)" '' "$tmux" "\${TMUX%%,*}" "$TMUX_PANE" "\${launcher##* }" "$tag" "\${timeout%.*}" 0 0 </dev/null
exit 1`;
