#!/usr/bin/env bash
# make_man.sh KEDJA FOLDER: manual pages from the program's own help, so that there is one text. Needs help2man.
set -euo pipefail
kedja=$1 folder=$2
version=$("$kedja" --version | cut -d' ' -f2)
mkdir -p "$folder"
page() { # NAME SENTENCE COMMAND…
  local name=$1 sentence=$2; shift 2
  help2man -L C.UTF-8 -N --version-string="$version" -n "$sentence" "$*" | sed -E "s/^\.TH KEDJA [A-Z]+ /.TH KEDJA-${name^^} /; s/^usage: /.B usage:\n/" >"$folder/kedja${name:+-$name}.1"
}
page "" "agent-based urban growth, with moving chains and school places" "$kedja"
"$kedja" --help | sed -nE 's/^  ([a-z]+) +(.*)$/\1\t\2/p' | while IFS=$'\t' read -r command sentence; do
  page "$command" "$sentence" "$kedja" "$command"
done
