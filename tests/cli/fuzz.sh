#!/usr/bin/env bash
# Parsers on broken input: libFuzzer with the address sanitizer for a fixed number of inputs from a fixed seed, and files
# of ours with single bits turned over.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 3
corpus=$work/corpus; mkdir "$corpus"
printf 'STUB="region","age";\nHEADING="sex";\nVALUES("region")="1281 Lund","1280 Malm\xf6";\nCODES("region")="1281","1280";\nVALUES("age")="0-4","5+";\nVALUES("sex")="men","women";\nDATA=\n1 2\n3 ".."\n5.5 -\n7 8;\n' >"$corpus/a.px"
printf '{"id":["a","b"],"size":[2,2],"dimension":{"a":{"label":"x","category":{"index":{"p":0,"q":1},"label":{"p":"P"}}},"b":{"category":{"index":["r","s"]}}},"value":{"0":1,"3":2.5}}' >"$corpus/b.json"
printf 'region;kon;2024\nA;man;1 234\nA;kvinnor;12,5\n"B; C";man;..\n' >"$corpus/c.csv"
printf 'Cregion,n\n"a ""b""",1\n# x\nc,2e3\n' >"$corpus/d.csv"
flags="-std=gnu17 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -D_GNU_SOURCE -DKEDJA_SOURCE_DIR=\"$PWD\" -DKEDJA_SHARE_DIR=\"/usr\" -I core/include -Icore/include"
if command -v clang >/dev/null && echo 'int LLVMFuzzerTestOneInput(const char*d,unsigned long n){return 0;}' | clang -x c -fsanitize=fuzzer - -o "$work/probe" 2>/dev/null; then
  # shellcheck disable=SC2046,SC2086
  clang $flags tests/fuzz/fuzz_tables.c core/io/csv.c core/io/stattable.c core/base/text.c core/base/error.c core/base/log.c $(pkg-config --cflags --libs jansson) -o "$work/fuzz_tables" 2>"$work/stderr"
  ok "the fuzzer is built" $? "$(tail -5 "$work/stderr")"
  ASAN_OPTIONS=allocator_may_return_null=1 "$work/fuzz_tables" -runs=30000 -seed=1 -max_len=600 -rss_limit_mb=2000 -timeout=10 "$corpus" >"$work/fuzz.log" 2>&1
  ok "30 000 broken tables: refused or read, never a crash, a leak or a hang" $? "$(tail -30 "$work/fuzz.log")"
else
  skip "the fuzzer is built" "no clang with libFuzzer"; skip "broken tables" "no clang with libFuzzer"
fi
# Single bits of a run turned over: status 2 and a sentence that names the file, never a crash.
"$KEDJA" run scripts/scenarios/toy.lua --years 1 --out "$work/toy.nc" --quiet >/dev/null 2>&1
cat >"$work/flip.py" <<'PY'
import random, subprocess, sys
kedja, source, target = sys.argv[1:4]
data = bytearray(open(source, "rb").read())
luck, bad = random.Random(1), []  # the last 40 bytes are the seal itself: without it a file is read as it is
for i in range(30):
    at, bit = luck.randrange(len(data) - 40), 1 << luck.randrange(8)
    data[at] ^= bit
    open(target, "wb").write(data)
    data[at] ^= bit
    for command in (["info", target], ["export", target, "--table", "area", "--year", "all", "--out", target + ".csv"]):
        done = subprocess.run([kedja, *command], capture_output=True, timeout=60)
        if done.returncode != 2 or target.encode() not in done.stderr: bad.append((at, bit, command[0], done.returncode, done.stderr[-200:]))
print(len(bad), bad[:3])
PY
if command -v python3 >/dev/null; then
  same "30 bits of a run turned over: each is refused with the name of the file" "0 []" "$(python3 "$work/flip.py" "$KEDJA" "$work/toy.nc" "$work/bad.nc")"
else
  skip "bits turned over" "no python3"
fi
