#!/usr/bin/env bash
# With any one check off, a core escapes that was found before; `list invariants` says which, by data that is as found here.
set -u
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
status=0
complain() {
    printf '%s\n' "$*"
    status=1
}

tool=$INTERFUSE_BIN/interfuse-repaired
got=0
"$tool" selfcheck --jobs 2 --max-time 300 --walks 9000 --format data >"$scratch/data" 2>"$scratch/errors" || got=$?
[[ $got == 0 ]] || complain "selfcheck exits $got: $(tail -n 1 "$scratch/errors")"
diff checker/needed.txt "$scratch/data" ||
    complain 'checker/needed.txt is out of date: ./interfuse selfcheck --format data >checker/needed.txt'
grep -n ': $' "$scratch/data" && complain 'a check is needed for nothing'
while IFS= read -r line; do
    "$tool" list | grep -qF "alone finds: ${line#*: }" || complain "list invariants does not say: $line"
done <"$scratch/data"

# A check that is off passes over what it would find, and nothing else does.
for options in '' '--without errno_contract' '--without end_once'; do
    got=0
    # shellcheck disable=SC2086
    "$INTERFUSE_BIN/interfuse-any_signal_interrupts" explore harmless-signal --seed 1 --runs 2000 $options --out "$scratch/out" \
        >"$scratch/said" 2>&1 || got=$?
    [[ $got == $([[ $options == *errno_contract ]]; echo $?) ]] || complain "with options \"$options\" explore exits $got"
done
[[ $(find "$scratch/out" -name '*.json' | wc -l) == 1 ]] || complain 'a trace is written although a check is off'

# Too few runs find too little.
got=0
"$tool" selfcheck --runs 1 --walks 0 >"$scratch/few" 2>/dev/null || got=$?
[[ $got == 1 ]] || complain "selfcheck of one run exits $got, not 1"
grep -q 'is not found$' "$scratch/few" || complain 'a core that is not found is not named'
grep -q ' nothing$' "$scratch/few" || complain 'a check that is not needed is not named'
exit "$status"
