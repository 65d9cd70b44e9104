# Runs in the place of a launcher where a user has tmux respawn the pane. The run
# before has lost its terminal and lives on, though nothing would show it: so it is
# ended, as the log writer does it.
#
# Its $0 is "ops: NAME", and its first argument the tmux program.
# shellcheck shell=sh disable=SC2086,SC2153,SC2154

tmux=$1
echo "ops: this pane was respawned, and what ran in it is ended; to start it again: ops restart ${0#ops: }"
# Where its input is a terminal, tmux does nothing if it does not know the TERM.
told=$("$tmux" -N display-message -p -t "$TMUX_PANE" '#{@kstlib_stop}|#{@kstlib_pid}|#{@kstlib_run}' </dev/null)
timeout=${told%%|*} told=${told#*|}
timeout=${timeout##* } command=${told%%|*} tag=${told#*|}
tag=${tag%% *}
# Without a command, the launcher is about to start it again, and then finds that
# the pane is not its own any more.
if read -r it <"/proc/${command:-none}/stat"; then
  set -- ${it##*") "}
  launcher=$2
else
  launcher=$(ps -o ppid= -p "${command:-0}")
fi 2>/dev/null
eval "writer=$("$tmux" -N show-options -gqv @kstlib_log_writer </dev/null)"
sh -c "$writer" "$0 (respawned)" '' "$tmux" "${TMUX%%,*}" "$TMUX_PANE" "${launcher##* }" "$tag" "${timeout%.*}" 0 0 </dev/null
exit 1
