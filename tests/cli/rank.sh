#!/usr/bin/env bash
# kedja rank: scores and reach of weights against figures worked out apart; votes; bad input refused with line and nearest name.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 26
run() { "$KEDJA" run scripts/scenarios/toy.lua --years 3 --quiet "$@" >"$work/out" 2>&1; }
run --seed 1 --out "$work/a1.nc" && run --seed 2 --out "$work/a2.nc" && run --seed 1 --set densify.enabled=true --set densify.max_far=3 --out "$work/b1.nc" && run --seed 2 --set densify.enabled=true --set densify.max_far=3 --out "$work/b2.nc" &&
  run --seed 1 --set protect_farmland.enabled=true --set new_school.enabled=true --set new_school.year=2022 --out "$work/c1.nc"; ok "runs of three scenarios" $? "$(cat "$work/out")"
cat >"$work/goals.csv" <<'CSV'
heading,goal,indicator,direction,worst,best,share
People,More inhabitants,population,more,,,
Nature,Farmland,farmland,,,,
Nature,Less travel,co2,,,,
Schools,Short ways,mean_walk,,60,0,2
Schools,Short ways,at_nearest,,0,100,1
Money,Sound economy,result_each,,,,
CSV
cat >"$work/votes.csv" <<'CSV'
participant;goal;points
1;More inhabitants;3
1;Short ways;1
2;Farmland;10
3;Less travel;2,5
3;Sound economy;2,5
CSV
"$KEDJA" rank "$work/goals.csv" base="$work/a1.nc" dense="$work/b1.nc" kept="$work/c1.nc" --votes "$work/votes.csv" --json >"$work/json" 2>"$work/stderr"; ok "a ranking" $? "$(cat "$work/stderr")"
/usr/bin/python3 - "$work/json" >"$work/check" 2>&1 <<'PY'
import json, sys
r = json.load(open(sys.argv[1]))
weights = [g["weight"] for g in r["goals"]]
expected = [(0.75 + 0 + 0) / 3, 1 / 3, 0.5 / 3, 0.25 / 3, 0.5 / 3]
assert all(abs(a - b) < 1e-6 for a, b in zip(weights, expected)), weights
assert [g["weight_high"] for g in r["goals"]] == [0.75, 1, 0.5, 0.25, 0.5]
def value(s, i):
    f = s["indicators"][i["indicator"]]
    if i["ends_given"]: worst, best = i["worst"], i["best"]
    else:
        all_f = [t["indicators"][i["indicator"]] for t in r["scenarios"]]
        worst, best = (min(all_f), max(all_f)) if i["direction"] == "more" else (max(all_f), min(all_f))
        if abs(best - worst) < 1e-12 * max(abs(max(all_f)), 1): return 0.5
    return min(1, max(0, (f - worst) / (best - worst)))
def values(s): return [sum(i["share"] * value(s, i) for i in r["indicators"] if i["goal"] == g["goal"]) for g in r["goals"]]
def score(s, w): return sum(a * b for a, b in zip(values(s), w))
for s in r["scenarios"]:
    assert all(abs(a - s["goals"][g["goal"]]) < 1e-4 for a, g in zip(values(s), r["goals"])), s
    assert abs(score(s, weights) - s["score"]) < 1e-4
order = [s["score"] for s in r["scenarios"]]
assert order == sorted(order, reverse=True) and [s["rank"] for s in r["scenarios"]][0] == 1
def moved(g, w):
    rest = 1 - weights[g]
    return [w if h == g else weights[h] / rest * (1 - w) for h in range(len(weights))]
def first(w): return max(r["scenarios"], key=lambda s: score(s, w))["scenario"]
for g, goal in enumerate(r["goals"]):
    for w in [k / 200 for k in range(201)]:
        near = min(abs(w - goal["holds_from"]), abs(w - goal["holds_to"])) < 0.005
        inside = goal["holds_from"] < w < goal["holds_to"]
        lead = score(r["scenarios"][0], moved(g, w)) - max(score(s, moved(g, w)) for s in r["scenarios"][1:])
        assert near or (lead >= -1e-4) == inside, (goal, w, lead)
    if goal["first_above"]: assert first(moved(g, min(1, goal["holds_to"] + 0.003))) == goal["first_above"]
assert abs(sum(s["first_of_all_weightings"] for s in r["scenarios"]) - 1) < 1e-6
assert abs(sum(s["participants_first"] for s in r["scenarios"]) - 3) < 1e-6
PY
ok "weights, values, scores and reach are as worked out apart" $? "$(tail -3 "$work/check")"
"$KEDJA" rank "$work/goals.csv" base="$work/a1.nc","$work/a2.nc" dense="$work/b1.nc","$work/b2.nc" --json >"$work/seeds" 2>&1
same "two seeds of each" 2 "$(sed -nE 's/^ *"seeds": ([0-9]+).*/\1/p' "$work/seeds")"
"$KEDJA" rank "$work/goals.csv" base="$work/a1.nc" dense="$work/b1.nc" --lang sv >"$work/text" 2>&1; [ $? -eq 0 ] && grep -q "alla mål väger lika" "$work/text"; ok "as a table in Swedish" $? "$(cat "$work/text")"
"$KEDJA" rank "$work/goals.csv" base="$work/a1.nc" dense="$work/b1.nc" --csv | head -1 | grep -q '^rank,scenario,score,.*,Short ways'; ok "as CSV" $?
"$KEDJA" rank --indicators | grep -q mean_walk && "$KEDJA" rank scripts/goals/forum.csv base="$work/a1.nc" dense="$work/b1.nc" >"$work/text" 2>&1; ok "the shipped goals" $? "$(cat "$work/text")"
# The same goals in Lua rank the same; faults name the line.
"$KEDJA" rank scripts/goals/forum.lua base="$work/a1.nc" dense="$work/b1.nc" >"$work/text_lua" 2>&1; same "goals in Lua" "$(cat "$work/text")" "$(cat "$work/text_lua")"
cat >"$work/goals.lua" <<'LUA'
goal { heading = "People", goal = "More inhabitants", indicator = "population", direction = "more" }
goal { heading = "Nature", goal = "Farmland", indicator = "farmland" }
goal { heading = "Nature", goal = "Less travel", indicator = "co2" }
goal { heading = "Schools", goal = "Short ways", indicator = "mean_walk", worst = 60, best = 0, share = 2 }
goal { heading = "Schools", goal = "Short ways", indicator = "at_nearest", worst = 0, best = 100, share = 1 }
goal { heading = "Money", goal = "Sound economy", indicator = "result_each" }
LUA
"$KEDJA" rank "$work/goals.lua" base="$work/a1.nc" dense="$work/b1.nc" kept="$work/c1.nc" --votes "$work/votes.csv" --json >"$work/json_lua" 2>"$work/stderr"; cmp -s "$work/json" "$work/json_lua"; ok "with ends, shares and votes too" $? "$(cat "$work/stderr")"
# With two scenarios and no ends of the goals the scale is that of the years; a single run cannot tell luck.
printf 'heading,goal,indicator\nA,walk,mean_walk\nA,money,school_cost\n' >"$work/two.csv"
"$KEDJA" rank "$work/two.csv" base="$work/a1.nc" kept="$work/c1.nc" --json >"$work/years" 2>"$work/stderr"; "$KEDJA" rank "$work/two.csv" base="$work/a1.nc" kept="$work/c1.nc" --ends scenarios --json >"$work/ends" 2>>"$work/stderr"
for run in a1 c1; do for y in 2021 2022 2023; do "$KEDJA" rank "$work/two.csv" one="$work/$run.nc" two="$work/$run.nc" --year $y --json >"$work/$run.$y" 2>>"$work/stderr"; done; done
/usr/bin/python3 - "$work" >"$work/check" 2>&1 <<'PY'
import json, sys
at = lambda n: json.load(open(sys.argv[1] + "/" + n))
years, ends = at("years"), at("ends")
assert (years["ends_not_given"], ends["ends_not_given"], years["chance"]) == ("years", "scenarios", "unknown")
for i in years["indicators"]:
    figures = [at(f"{run}.{y}")["scenarios"][0]["indicators"][i["indicator"]] for run in ("a1", "c1") for y in (2021, 2022, 2023)]
    assert abs(i["worst"] - max(figures)) < 1e-6 * max(figures) and abs(i["best"] - min(figures)) < 1e-6 * max(figures), (i, figures)
for s in years["scenarios"]:
    for i in years["indicators"]:
        value = 0.5 if i["same_everywhere"] else (i["worst"] - s["indicators"][i["indicator"]]) / (i["worst"] - i["best"])
        assert abs(s["goals"][i["goal"]] - value) < 1e-4, (s, i)
assert any(not i["same_everywhere"] for i in years["indicators"])
assert {0.0, 1.0} <= {v for s in ends["scenarios"] for v in s["goals"].values()} <= {0.0, 0.5, 1.0}
PY
ok "two scenarios without ends: the scale of the years; chance unknown" $? "$(cat "$work/check" "$work/stderr")"
# Two scenarios that are the same share each win, whichever stands first.
twice() { "$KEDJA" rank "$work/goals.csv" "$1=$work/a1.nc,$work/a2.nc" "$2=$work/a1.nc,$work/a2.nc" dense="$work/b1.nc,$work/b2.nc" --votes "$work/votes.csv" --json 2>&1; }
twice one two >"$work/tie"; twice two one >"$work/tie2"
/usr/bin/python3 - "$work/tie" "$work/tie2" >"$work/check" 2>&1 <<'PY'
import json, sys
kinds = ("first_of_all_weightings", "participants_first", "seeds_first")
for path in sys.argv[1:]:
    s = {x["scenario"]: x for x in json.load(open(path))["scenarios"]}
    assert s["one"]["rank"] == s["two"]["rank"]
    for kind, wins in zip(kinds, (1, 3, 1)):
        assert abs(s["one"][kind] - s["two"][kind]) < 1e-6, (kind, s)
        assert abs(sum(x[kind] for x in s.values()) - wins) < 1e-6, (kind, s)
    assert s["one"][kinds[0]] > 0 and s["one"][kinds[1]] > 0, s
PY
ok "equal scenarios share first places of weights, participants and seeds" $? "$(tail -3 "$work/check")"
"$KEDJA" rank "$work/goals.csv" "åäöåäöåäöåäöå=$work/a1.nc" dense="$work/b1.nc" >"$work/text" 2>&1; iconv -f UTF-8 -t UTF-8 "$work/text" >/dev/null 2>&1 && grep -q "    dense åäöåäöåä…\$" "$work/text"; ok "a long name is cut between letters" $? "$(cat "$work/text")"
refused() { # NAME PATTERN ARGUMENTS…
  local name=$1 pattern=$2; shift 2
  "$KEDJA" rank "$@" >"$work/out" 2>&1; [ $? -eq 2 ] && grep -q "$pattern" "$work/out"; ok "refused: $name" $? "$(cat "$work/out")"
}
printf 'heading,goal,indicator\nA,one,mean_wlak\nA,two,co2\n' >"$work/bad.csv"; refused "an unknown indicator" "bad.csv:2: column indicator: no indicator is called 'mean_wlak'; the nearest is 'mean_walk'" "$work/bad.csv" a="$work/a1.nc" b="$work/b1.nc"
printf 'heading,goal,indicator\nA,one,population\nA,two,co2\n' >"$work/bad.csv"; refused "an indicator that is neither good nor bad" "bad.csv:2: column direction: expected more or less" "$work/bad.csv" a="$work/a1.nc" b="$work/b1.nc"
printf 'heading,goal,indicator,worst,best\nA,one,mean_walk,0,60\nA,two,co2,,\n' >"$work/bad.csv"; refused "ends the wrong way round" "best must be below worst; found worst 0, best 60" "$work/bad.csv" a="$work/a1.nc" b="$work/b1.nc"
printf 'goal { heading = "A", goal = "one", indicator = "co2" }\ngoal { heading = "A", goal = "two", indicator = "mean_wlak" }\n' >"$work/bad.lua"; refused "an unknown indicator in Lua" "bad.lua:2: goal: field indicator: no indicator is called 'mean_wlak'; the nearest is 'mean_walk'" "$work/bad.lua" a="$work/a1.nc" b="$work/b1.nc"
printf 'participant,goal,points\n1,Farmlnd,3\n' >"$work/bad.csv"; refused "a vote for an unknown goal" "bad.csv:2: column goal: no goal is called 'Farmlnd'; the nearest is 'Farmland'" "$work/goals.csv" --votes "$work/bad.csv" a="$work/a1.nc" b="$work/b1.nc"
printf 'participant,goal,points\n1,Farmland,-3\n' >"$work/bad.csv"; refused "negative points" "bad.csv:2: column .points.: expected 0 to 1000000000, found .-3." "$work/goals.csv" --votes "$work/bad.csv" a="$work/a1.nc" b="$work/b1.nc"
printf 'participant,goal,points\n1,Farmland,0\n' >"$work/bad.csv"; refused "a participant without points" "1 has given no points" "$work/goals.csv" --votes "$work/bad.csv" a="$work/a1.nc" b="$work/b1.nc"
refused "ends that are not known" "expected scenarios or years, found .best." "$work/goals.csv" --ends best a="$work/a1.nc" b="$work/b1.nc"
refused "one scenario alone" "at least two scenarios" "$work/goals.csv" a="$work/a1.nc"
"$KEDJA" run scripts/scenarios/varnamo_2035.lua --years 1 --out "$work/v.nc" --quiet >/dev/null 2>&1; refused "another map" "is of another map than" "$work/goals.csv" a="$work/a1.nc" b="$work/v.nc"
long=$(printf 'x%.0s' {1..96})
printf 'heading,goal,indicator\nA,%s,mean_walk\nA,two,co2\n' "$long" >"$work/bad.csv"; refused "a goal whose name is too long" "bad.csv:2: column goal: expected at most 95 bytes, found 96" "$work/bad.csv" a="$work/a1.nc" b="$work/b1.nc"
printf 'heading,goal,indicator\nA,one,mean_walk\n%s,two,co2\n' "$long" >"$work/bad.csv"; refused "a heading that is too long" "bad.csv:3: column heading: expected at most 95 bytes, found 96" "$work/bad.csv" a="$work/a1.nc" b="$work/b1.nc"
printf 'participant,goal,points\n%s,Farmland,3\n' "$long" >"$work/bad.csv"; refused "a participant whose name is too long" "bad.csv:2: column participant: expected at most 95 bytes, found 96" "$work/goals.csv" --votes "$work/bad.csv" a="$work/a1.nc" b="$work/b1.nc"
refused "a scenario whose name is too long" "has 96 bytes, expected at most 95" "$work/goals.csv" "$long=$work/a1.nc" b="$work/b1.nc"
