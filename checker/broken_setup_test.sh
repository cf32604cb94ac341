#!/usr/bin/env bash
# A setup that ends in a finding has a trace of its steps, in which nothing is chosen. It replays where the setup is broken,
# and nowhere else.
set -u
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
status=0
tool=$INTERFUSE_BIN/interfuse-repaired

complain() {
    printf '%s\n' "$*"
    status=1
}

# expect STATUS ARGUMENTS... leaves the output in `said`.
expect() {
    local wanted=$1 got=0
    shift
    "$tool" "$@" >"$scratch/said" 2>&1 || got=$?
    [[ $got == "$wanted" ]] || complain "interfuse $* exits $got, not $wanted: $(head -c 600 "$scratch/said")"
}

says() {
    grep -qE -- "$1" "$scratch/said" || complain "it does not say \"$1\": $(head -c 600 "$scratch/said")"
}

# INIT is answered in the setup.
expect 1 explore killed-request --core reply_copied_in_place --runs 100 --out "$scratch"
says '^violation in killed-request: list_membership: the setup of scenario killed-request ends in a finding: '
says '^replay: ./interfuse replay .*/killed-request-reply_copied_in_place-[0-9a-f]{16}\.json$'
says '^-+ setup -+$'
says 'a sample of 0 runs'
trace=$(ls "$scratch"/killed-request-reply_copied_in_place-*.json)
grep -q '"choices": \[\]' "$trace" || complain 'something was chosen'
expect 1 replay "$trace"
says ': all equal, in task, enabled tasks, events and hashes$'
says '^the violation recurs: list_membership: request 1 is on fc->processing '
expect 0 show "$trace"
says '^-+ setup -+$'

# Another core can be set up; and a run cannot be replayed where there is none.
sed 's/"core": "[^"]*"/"core": "repaired"/' "$trace" >"$scratch/of_repaired.json"
expect 3 replay "$scratch/of_repaired.json"
says '^diverged at step 0 '
sed 's/"core": "[^"]*"/"core": "reply_copied_in_place"/' traces/mutants/io_aborted_last.json >"$scratch/of_run.json"
expect 3 replay "$scratch/of_run.json"
says '^interfuse: diverged before step 0: the setup of scenario mix ends in a finding: '

# The hunt for mutants says so.
mkdir "$scratch/bin"
cp "$tool" "$INTERFUSE_BIN/interfuse-reply_copied_in_place" "$scratch/bin"
sed '/"name": "reply_copied_in_place"/,/"shown_in"/ s/"shown_in": "[^"]*"/"shown_in": "killed-request"/' "$INTERFUSE_BIN/cores.json" \
    >"$scratch/bin/cores.json"
tool=$scratch/bin/interfuse-repaired
expect 0 mutants reply_copied_in_place --out "$scratch/mutants"
says '^reply_copied_in_place +.* list_membership in its setup, '
says '/mutants/reply_copied_in_place\.json, [0-9]+ steps$'
expect 1 replay "$scratch/mutants/reply_copied_in_place.json"
exit "$status"
