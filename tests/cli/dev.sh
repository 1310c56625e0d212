#!/usr/bin/env bash
# ./dev shows how far a build is: one line on a terminal, else every tenth; what ninja said is kept for the case of an error.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 4
sed -n '/^say()/p; /^show_progress()/,/^}/p' dev >"$work/progress.sh"
cat >"$work/build.sh" <<'TXT'
. "$1/progress.sh"
{ for i in $(seq 40); do echo "[$i/40] Building C object x$i.o"; done; echo "x40.c:1: warning: odd"; } | show_progress "$1/log"
TXT
bash "$work/build.sh" "$work" >"$work/stdout" 2>&1
same "every tenth into a file" "$(for i in $(seq 10 10 100); do echo "Building … $i %"; done)" "$(cat "$work/stdout")"
same "all that ninja said is in the log" "41 x40.c:1: warning: odd" "$(wc -l <"$work/log") $(tail -1 "$work/log")"
if command -v script >/dev/null; then
  script -qec "bash $work/build.sh $work" /dev/null >"$work/terminal" </dev/null
  same "one line on a terminal" "1 [40/40]" "$(wc -l <"$work/terminal") $(grep -o '\[40/40\]' "$work/terminal")"
else
  skip "one line on a terminal" "no script(1)"
fi
echo "ninja: no work to do." | bash -c '. "$1/progress.sh"; show_progress "$1/log"' - "$work" >"$work/stdout" 2>&1
[ ! -s "$work/stdout" ]; ok "nothing to build: nothing is said" $? "$(cat "$work/stdout")"
