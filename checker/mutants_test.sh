#!/usr/bin/env bash
# Each mutant is found where its patch says, by a checker that it names, and its trace replays step by step. The repaired
# core is clean in the same scenarios. What cannot be found is missed, and said to be.
set -u
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
status=0
complain() {
    printf '%s\n' "$*"
    status=1
}

tool=$INTERFUSE_BIN/interfuse-repaired
names=$(cd core/mutants && printf '%s\n' *.patch | sed 's/\.patch$//')
count=$(wc -l <<<"$names")

got=0
"$tool" mutants --seed 3 --jobs 2 --out "$scratch/traces" >"$scratch/found" 2>"$scratch/errors" || got=$?
cat "$scratch/found"
[[ $got == 0 ]] || complain "mutants exits $got: $(tail -n 2 "$scratch/errors")"
# Cores of a folder of the user's may be there too.
grep -qE "^[0-9]+ of [0-9]+ mutants found$" "$scratch/found" || complain 'the sum is not said'
grep -q '^missing' "$scratch/found" && complain 'some are missing'
[[ $count -ge 31 ]] || complain "core/mutants has $count patches"

# Those that are made for one check each.
probes=$(cd core/probes && printf '%s\n' *.patch | sed 's/\.patch$//')
got=0
# shellcheck disable=SC2086
"$tool" mutants $probes --seed 3 --jobs 2 --out "$scratch/probes" >"$scratch/probed" 2>"$scratch/errors" || got=$?
[[ $got == 0 ]] || complain "mutants of core/probes exits $got: $(grep -E 'expected|missing|not found' "$scratch/probed")"

for name in $names; do
    grep -q "^Found by: " "core/mutants/$name.patch" || complain "$name: its patch names no checker"
    got=0
    "$tool" replay "$scratch/traces/$name.json" >"$scratch/replayed" 2>&1 || got=$?
    [[ $got == 1 ]] || complain "$name: the replay exits $got, not 1: $(head -n 4 "$scratch/replayed")"
    grep -q ': all equal, in task, enabled tasks, events and hashes$' "$scratch/replayed" ||
        complain "$name: a step of the replay differs: $(head -n 4 "$scratch/replayed")"
done

# The twin.
while read -r -a arguments; do
    got=0
    "$tool" explore "${arguments[@]}" --seed 3 --runs 20000 --watch all --out "$scratch/out" >"$scratch/clean" 2>&1 || got=$?
    [[ $got == 0 ]] || complain "repaired: explore ${arguments[*]} exits $got: $(head -n 2 "$scratch/clean")"
    grep -q ': a sample of 20,000 runs,' "$scratch/clean" || complain "repaired: explore ${arguments[*]} says no 20,000 runs"
done < <(sed -n 's/^Shown in: //p' core/mutants/*.patch core/probes/*.patch | sort -u)

# One run is not enough for this one.
got=0
"$tool" mutants interrupted_without_references --runs 1 --out "$scratch/traces" >"$scratch/missed" 2>/dev/null || got=$?
[[ $got == 1 ]] || complain "a mutant that is not found makes the exit $got, not 1"
grep -q '^missing: interrupted_without_references$' "$scratch/missed" || complain "a missing mutant is not named: $(<"$scratch/missed")"

# Why a trial fails, here for a patch that says it shows in a scenario that is none.
mkdir "$scratch/bin"
cp "$tool" "$INTERFUSE_BIN/interfuse-no_extra_reference" "$scratch/bin"
sed 's/"shown_in": "[^"]*"/"shown_in": "nosuch"/' "$INTERFUSE_BIN/cores.json" >"$scratch/bin/cores.json"
got=0
"$scratch/bin/interfuse-repaired" mutants no_extra_reference >"$scratch/failed" 2>/dev/null || got=$?
[[ $got == 70 ]] || complain "a trial that fails makes the exit $got, not 70"
grep -q 'explore of core no_extra_reference ends with status 2: interfuse: there is no scenario "nosuch"; ' "$scratch/failed" ||
    complain "it is not said why a trial fails: $(<"$scratch/failed")"

# A checker that is none, in a patch that names a good one too.
cp "$INTERFUSE_BIN/cores.json" "$scratch/bin/cores.json"
sed -i '/"name": "no_extra_reference"/,/"found_by"/ s/"found_by": "[^"]*"/"found_by": "use_after_free, use_after_fre"/' "$scratch/bin/cores.json"
got=0
"$scratch/bin/interfuse-repaired" mutants no_extra_reference >"$scratch/out" 2>"$scratch/refused" || got=$?
[[ $got == 5 && ! -s $scratch/out ]] || complain "a checker that is none makes the exit $got, not 5: $(head -n 2 "$scratch/out")"
grep -qE '^interfuse: core/mutants/no_extra_reference\.patch: Found by: one of list_membership, .*, data_race, .*, setup, goal was expected, not "use_after_fre"$' \
    "$scratch/refused" || complain "it is not said what is wrong with a header: $(<"$scratch/refused")"

# The same seed finds the same, whatever the number of jobs.
runs_of() {
    "$tool" mutants io_aborted_last no_extra_reference --out "$scratch/traces" --format json "$@" 2>/dev/null |
        grep -E '"(name|runs|checker|trace_steps)"'
}
[[ $(runs_of --jobs 1) == "$(runs_of --jobs 2)" ]] || complain 'two jobs make a difference'
exit "$status"
