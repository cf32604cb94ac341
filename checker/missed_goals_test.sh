#!/usr/bin/env bash
# A goal that no run has reached is a violation where that is asked for, in each format, and finds a mutant whose patch says so.
set -u
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
status=0
tool=$INTERFUSE_BIN/interfuse-repaired

complain() {
    printf '%s\n' "$*"
    status=1
}

# expect STATUS ARGUMENTS... leaves the output in `out`.
expect() {
    local wanted=$1 got=0
    shift
    "$tool" "$@" --out "$scratch/traces" >"$scratch/out" 2>"$scratch/err" || got=$?
    [[ $got == "$wanted" ]] || complain "interfuse $* exits $got, not $wanted: $(head -c 400 "$scratch/out" "$scratch/err")"
}

says() {
    grep -qE -- "$1" "$scratch/out" || complain "it does not say \"$1\": $(head -c 600 "$scratch/out")"
}

# Without pollers nobody asks for SIGIO.
missed=(polling-daemon --set pollers=0 --runs 500)
expect 0 explore "${missed[@]}"
says 'never reached: .*SIGIO for a request'
expect 1 explore "${missed[@]}" --goals
says '^violation in polling-daemon:pollers=0: goal: none of 500 runs has reached "SIGIO for a request"$'
says 'seed 1: 2 violations in a sample of 500 runs'
expect 1 explore "${missed[@]}" --goals --format json
says '"verdict": "violation"'
says '"invariant": "goal"'
says '"stopped_early": false'
expect 1 explore "${missed[@]}" --goals --format junit
says 'failures="2"'
says 'there is no trace'
expect 1 explore "${missed[@]}" --goals --format github
says '^::error title=interfuse%3A goal::goal: none of 500 runs .*; 500 runs of scenario polling-daemon:pollers=0; no trace$'
INTERFUSE_GOALS=1 expect 1 explore "${missed[@]}"

# What ends runs before they reach a goal is said.
expect 1 explore closed-file --core linux-2.6.17 --runs 60 --goals
says '^violation in closed-file: goal: none of 60 runs has reached "[^"]*", [0-9]+ of which documented findings have ended before$'
says '^    never reached: .* \(documented findings have ended [0-9]+ of 60 runs before\)$'

# The twin reaches all.
expect 0 explore polling-daemon --runs 500 --goals

# What stopped at a violation says nothing of its goals.
expect 1 explore killed-request --core no_extra_reference --runs 20000 --goals
! grep -q '^violation in killed-request: goal: ' "$scratch/out" || complain 'a search that stopped is asked for its goals'

# A mutant that is the repaired core, in a scenario that misses a goal, and in one that does not.
mkdir "$scratch/bin"
cp "$tool" "$scratch/bin"
cp "$tool" "$scratch/bin/interfuse-debt_ignored"
hunt() {
    sed -E '/"name": "debt_ignored"/,/"found_by"/ { s/"shown_in": "[^"]*"/"shown_in": "'"$1"'"/; s/"found_by": "[^"]*"/"found_by": "goal"/ }' \
        "$INTERFUSE_BIN/cores.json" >"$scratch/bin/cores.json"
    "$scratch/bin/interfuse-repaired" mutants debt_ignored --runs 500 --out "$scratch/traces" >"$scratch/out" 2>"$scratch/err"
}
hunt 'polling-daemon --set pollers=0' || complain "mutants exits $?: $(cat "$scratch/out" "$scratch/err")"
says '^debt_ignored +polling-daemon --set pollers=0 +goal after 500 runs, '
hunt polling-daemon && complain 'a mutant that reaches all goals is found'
says '^debt_ignored +polling-daemon +not found in 500 runs$'
exit "$status"
