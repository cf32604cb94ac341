#!/usr/bin/env bash
# Each mutant is found in a scenario that shows it, named with its objects and its place, and its trace replays. The
# repaired core is clean in the same scenario.
set -u
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
status=0
complain() {
    printf '%s\n' "$*"
    status=1
}

# find_mutant NAME SENTENCE SCENARIO [OPTION...]: the sentence is a pattern for what is printed first.
find_mutant() {
    local name=$1 sentence=$2 got=0 line trace
    shift 2
    "$INTERFUSE_BIN/interfuse-$name" explore "$@" --seed 1 --runs 100000 --out "$scratch/out" \
        >"$scratch/found" 2>"$scratch/errors" || got=$?
    [[ $got == 1 ]] || complain "$name: explore $* exits $got, not 1: $(tail -n 1 "$scratch/found" "$scratch/errors")"
    line=$(head -n 1 "$scratch/found")
    printf '%s: %s\n' "$name" "$line"
    [[ $line =~ ^violation\ in\ run\ [0-9]+\ of\ $1:\ $sentence ]] || complain "$name: this was expected: $sentence"
    trace=$(sed -n 's/^replay: \.\/interfuse replay //p' "$scratch/found")
    [[ -f $trace ]] || { complain "$name: there is no trace \"$trace\""; return; }
    got=0
    "$INTERFUSE_BIN/interfuse-repaired" replay "$trace" >"$scratch/replayed" 2>&1 || got=$?
    [[ $got == 1 ]] || complain "$name: the replay exits $got, not 1: $(head -n 4 "$scratch/replayed")"
    grep -q ': all equal, in task, enabled tasks, events and hashes$' "$scratch/replayed" ||
        complain "$name: a step of the replay differs: $(head -n 4 "$scratch/replayed")"
}

# spare_repaired SCENARIO [OPTION...]
spare_repaired() {
    local got=0
    "$INTERFUSE_BIN/interfuse-repaired" explore "$@" --seed 1 --runs 100000 --jobs 2 --out "$scratch/out" \
        >"$scratch/found" 2>"$scratch/errors" || got=$?
    [[ $got == 0 ]] || complain "repaired: explore $* exits $got, not 0: $(tail -n 3 "$scratch/found")"
    grep -q ': a sample of 100,000 runs,' "$scratch/found" || complain "repaired: explore $* does not say 100,000 runs"
    printf 'repaired: %s: %s\n' "$*" "$(grep 'verdicts:' "$scratch/found")"
}

# Once its request is queued the requester holds on to it by the transport's reference alone.
find_mutant no_extra_reference \
    'reference_count: request [0-9]+ has a count of .* owners.*requester.*\(core/dev\.cpp:[0-9]+, ' aborted-request
spare_repaired aborted-request

# A page of the daemon's buffer faults while the arguments are copied, and meanwhile the requester is killed.
find_mutant requester_leaves_locked \
    'argument_memory: request [0-9]+ is locked for copying, but requester, .*\([a-z/]+\.cpp:[0-9]+, ' killed-request
spare_repaired killed-request

# Two readers sleep on the empty device when it is aborted; one reader would not show the difference.
find_mutant abort_wakes_one_reader \
    'hang: the run hangs: daemon sleeps in request_wait .*\(core/dev\.cpp:[0-9]+, request_wait' \
    aborted-request --set daemons=2
spare_repaired aborted-request --set daemons=2

# The killed requester waits until the request is unlocked; nobody wakes it, and the fault waits for its mutex.
find_mutant unlock_without_wakeup \
    'hang: the run hangs: requester sleeps in request_wait_answer .*\(core/dev\.cpp:[0-9]+, ' fault-in-reply
spare_repaired fault-in-reply

exit "$status"
