#!/usr/bin/env bash
# The catalogues of po/: every text of the program in both languages, and no text that nothing says any more.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 6
if ! command -v msgcmp >/dev/null; then
  for lang in sv da; do skip "$lang: no text is missing" "no gettext"; skip "$lang: no text is left over" "no gettext"; done
  skip "texts that are marked" "no gettext"; skip "both have the same texts" "no gettext"
  exit
fi
mapfile -t sources < <(find core viz plugins -name '*.[ch]')
extract() { xgettext --from-code=UTF-8 --language=C --no-location --add-comments=none "$@" "${sources[@]}" 2>"$work/stderr"; }
extract -k_ -kN_ -kkj_tr -kCOUNT_:1,2 -kkj_tr_count:1,2 -o "$work/marked.pot"
ok "texts that are marked" "$([ "$(grep -c '^msgid' "$work/marked.pot")" -gt 800 ]; echo $?)" "$(cat "$work/stderr")"
# Every literal: some texts stand in tables that are translated as they are printed. Texts of data files are looked for there.
extract --extract-all -kCOUNT_:1,2 -kkj_tr_count:1,2 -o "$work/literals.pot"
text_at() { # CATALOGUE LINE: the English text, of one or several lines, of the entry in which the line is
  awk -v line="$2" '/^msgid "/ { if (NR > line) exit; text = ""; within = 1 } /^(msgid_plural|msgstr)/ { within = 0 }
    within && match($0, /".*"$/) { text = text substr($0, RSTART + 1, RLENGTH - 2) } END { print text }' "$1"
}
for lang in sv da; do
  msgcmp "po/$lang.po" "$work/marked.pot" >"$work/missing" 2>&1
  ok "$lang: no text is missing" $? "$(cat "$work/missing")"
  msgcmp --no-fuzzy-matching --use-untranslated "po/$lang.po" "$work/literals.pot" 2>&1 | sed -nE "s/^[^:]+:([0-9]+): .*not used.*/\1/p" >"$work/unused"
  : >"$work/dead"
  while read -r line; do
    text=$(text_at "po/$lang.po" "$line")
    grep -rqF -- "$text" maps/countries || echo "$text" >>"$work/dead"
  done <"$work/unused"
  ok "$lang: no text is left over" "$([ ! -s "$work/dead" ]; echo $?)" "$(cat "$work/dead")"
done
same "both have the same texts" "$(grep '^msgid' po/sv.po | sort | sha256sum)" "$(grep '^msgid' po/da.po | sort | sha256sum)"
