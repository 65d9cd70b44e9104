# Runs the command of a session in its pane, as its foreground child. tmux alone
# loses the last output and, before 3.6, the exit code of what ends quickly. So
# this stays behind the command, lets its output drain, starts it again where
# its policy says so, notes each end, and ends as the command ended.
#
# Its only argument is $0, "ops: NAME", which is all that `ps` shows of it. The
# rest is in its environment, and taken out of it before the command starts:
#
#   KSTLIB_OPS_LAUNCH      quoted words: the tmux program, the restart policy,
#                          its most retries or -, the variables to put right,
#                          how many words the command has, and which program it
#                          is, if that is known, as a word for a shell
#   KSTLIB_OPS_WORD_0      the first of these words, and so on
#   KSTLIB_OPS_LAUNCH_RUN  the tag of the run, a blank, and what the names of its
#                          files begin with, if it has any
#
# Variables of its own begin with kstlib_: the environment is the command's.
# shellcheck shell=sh disable=SC2034,SC2086,SC2154,SC3045

eval "set -- $KSTLIB_OPS_LAUNCH"
kstlib_tmux=$1 kstlib_policy=$2 kstlib_retries=$3 kstlib_restore=$4
kstlib_count=$5 kstlib_program=$6 kstlib_i=0
set --
while [ "$kstlib_i" -lt "$kstlib_count" ]; do
  eval "set -- \"\$@\" \"\$KSTLIB_OPS_WORD_$kstlib_i\"; unset KSTLIB_OPS_WORD_$kstlib_i"
  kstlib_i=$((kstlib_i + 1))
done
kstlib_tag=${KSTLIB_OPS_LAUNCH_RUN%% *} kstlib_prefix=${KSTLIB_OPS_LAUNCH_RUN#* }
unset KSTLIB_OPS_LAUNCHER KSTLIB_OPS_RESPAWNED KSTLIB_OPS_LAUNCH KSTLIB_OPS_LAUNCH_RUN
kstlib_restarts=0 kstlib_delay=1 kstlib_stopping='' kstlib_is_lost='' kstlib_may_end=''

# All that a stop may begin with. A caught signal is at its default again in the
# command; an ignored one would be ignored there too. A hang-up is caught as
# well: the log writer passes it on, and we live to tell how the command ended.
kstlib_catch() { trap : HUP INT QUIT ABRT USR1 USR2 PIPE ALRM TERM; }
kstlib_ignore() { trap '' HUP INT QUIT ABRT USR1 USR2 PIPE ALRM TERM; }

# Where its input is a terminal, tmux refuses to do anything if it does not know
# the TERM, which is what the user has set for all panes.
kstlib_call() { "$kstlib_tmux" -N "$@" </dev/null; }

# What keeps the program from being run, as far as one can tell beforehand.
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
      # What is a word of the shell's is for the shell to judge.
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
    # The kernel calls a script missing whose interpreter is.
    case $kstlib_first in
      '#!') kstlib_first=$kstlib_second ;;
      '#!'*) kstlib_first=${kstlib_first#??} ;;
      *) return ;;
    esac
    [ -e "$kstlib_first" ] ||
      printf 'there is no "%s", the interpreter of "%s"%s' \
        "$kstlib_first" "$kstlib_program" "$kstlib_where"
  fi
}

# Tells of it, and ends as a shell would.
kstlib_give_up() {
  kstlib_call set-option -p -t "$TMUX_PANE" @kstlib_fault "$kstlib_fault" >/dev/null
  printf 'ops: %s\n' "$kstlib_fault" >&3
  case $kstlib_fault in 'there is no '*) exit 127 ;; *) exit 126 ;; esac
}

# What the child does, which becomes the command. It tells its own pid, because
# that is what people look for in `ps`. Where no server takes it, nobody would
# ever see the command: then it is not run.
kstlib_become() {
  read -r kstlib_pid _ </proc/self/stat || kstlib_pid=$(exec sh -c 'echo "$PPID"')
  kstlib_fault=$(kstlib_find_fault "$@")
  [ -z "$kstlib_fault" ] || kstlib_give_up
  kstlib_call set-option -p -t "$TMUX_PANE" @kstlib_pid "$kstlib_pid" \; \
    set-option -pu -t "$TMUX_PANE" @kstlib_fault >/dev/null || exit 125
  export KSTLIB_OPS_RUN="$kstlib_tag" KSTLIB_OPS_SESSION="${TMUX%%,*}:${0#ops: }"
  exec 2>&3 3>&-
  for kstlib_name in $kstlib_restore; do
    eval "$kstlib_name=\$KSTLIB_OPS_$kstlib_name; export $kstlib_name; unset KSTLIB_OPS_$kstlib_name"
  done
  exec "$@"
}

# Whether somebody is stopping the session. A stop holds for a time only:
# whoever was to end it may have been killed. A server that came after ours, or
# another process in our pane, has nothing to do with us: then we are lost. A stop
# ends the client of tmux too, so it is asked until it says something; and a hook
# of the user can hold up the start, which then still has to tell the run.
kstlib_ask() {
  kstlib_try=0
  while [ "$kstlib_try" -lt 30 ]; do
    # %s is the time, which tmux tells without a further program.
    kstlib_told=$(kstlib_call display-message -p -t "$TMUX_PANE" \
      "%s|#{@kstlib_stopping}|#{?#{==:#{pane_pid},$$},#{@kstlib_run},respawned}")
    case $kstlib_told in
      *'|'*'|'?*) break ;;
      *'|'*'|') sleep 0.1 ;;
      *) [ "$kstlib_try" -lt 2 ] || break ;;
    esac
    kstlib_try=$((kstlib_try + 1))
  done
  case $kstlib_told in
    [0-9]*'|'*) kstlib_now=${kstlib_told%%|*} ;;
    *) kstlib_now=$(date +%s) ;;
  esac
  kstlib_told=${kstlib_told#*|}
  kstlib_stopping=${kstlib_told%%|*}
  case ${kstlib_told#*|} in
    "$kstlib_tag "*) ;;
    *) kstlib_is_lost=1 kstlib_stopping='' ;;
  esac
  [ "${kstlib_stopping:-0}" -gt "$kstlib_now" ] || kstlib_stopping=''
}

kstlib_note() {
  [ -n "$kstlib_prefix" ] || return
  (umask 077 && echo "$kstlib_code ${kstlib_signal:--} $kstlib_ended $1" >>"$kstlib_prefix.end")
}

kstlib_tell() { kstlib_call set-option -p -t "$TMUX_PANE" @kstlib_restarts "$1"; }

# Whether the policy wants the command started again.
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

# Twice as long each time, from 1 to 60 seconds, and from 1 again after a minute
# that went well. A stop sets its mark before it signals anything, so that this
# never starts what is being stopped.
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

# Waits so many seconds, unless a stop says before that nothing else is left.
kstlib_hold() {
  [ -z "$kstlib_may_end" ] || return
  sleep "$1" &
  wait $!
  kill -s KILL $!
}

kstlib_catch
# What the shell has to say, such as "Killed", is no output of the command.
exec 3>&2 2>/dev/null
while :; do
  [ "$kstlib_policy" = no ] || kstlib_began=$(date +%s)
  (kstlib_become "$@")
  # To a shell, "killed by signal n" and "exited with 128+n" are the same; like
  # every shell this takes it for the signal.
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
  # It may have left something that a hang-up does not end: a list looks for it,
  # and also where a signal ended the pane and nothing is told, since then it was
  # this that was killed.
  if [ -r /proc/self/stat ] &&
    grep -qs "KSTLIB_OPS_RUN=$kstlib_tag" /proc/[0-9]*/environ; then
    kstlib_call set-option -p -t "$TMUX_PANE" @kstlib_left 1
  elif [ "${kstlib_signal:--}" != - ]; then
    kstlib_call set-option -p -t "$TMUX_PANE" @kstlib_left 0
  fi
  # Until 3.6 tmux can miss that a pane has ended until another child of its own
  # ends, and those attached would sit there: so another one ends soon after. A
  # stop has children of its own.
  kstlib_call run-shell -b 'sleep 0.3' &
fi
# While it is being stopped it outlives the rest: at its end the kernel hangs up
# on them, such as ./bot of "cd x && ./bot", which may be cleaning up. The stop
# says, again and again, when nothing else is left. By then the output has been
# read, for which there is time otherwise.
if [ -n "$kstlib_stopping" ]; then
  kstlib_hold 1
  # Whoever stops it may have been killed: its pane is not dead, but it has ended.
  [ -n "$kstlib_may_end" ] || kstlib_call set-option -p -t "$TMUX_PANE" \
    @kstlib_ended "$kstlib_code ${kstlib_signal:--} $kstlib_ended"
  kstlib_hold $((kstlib_stopping - kstlib_now - 1))
else
  sleep 0.05
fi
wait
# It dies of the command's signal, so that tmux sees it too. Signals that do not
# end a process by default are left out.
case $kstlib_signal in
  - | '' | CHLD | CONT | STOP | TSTP | TTIN | TTOU | URG | WINCH) ;;
  *)
    trap - HUP INT QUIT ABRT USR1 USR2 PIPE ALRM TERM
    ulimit -c 0
    kill -s "$kstlib_signal" $$
    # Some shells ignore this one themselves, but not what they become.
    [ "$kstlib_signal" != QUIT ] || exec env kill -s QUIT $$
    ;;
esac
exit $kstlib_code
