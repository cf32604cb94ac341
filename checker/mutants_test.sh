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
    "$INTERFUSE_BIN/interfuse-$name" explore "$@" --seed 1 --runs "${runs:-100000}" --out "$scratch/out" \
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

# FORGET and RELEASE go through the same accounts as requests of the pool.
find_mutant num_waiting_drifts \
    'num_waiting: fc->num_waiting is -?[0-9]+, but .*\(core/dev\.cpp:[0-9]+, fuse_putback_request' release
find_mutant debt_ignored \
    'tokens: fc->outstanding_debt is 1 while 1 units .*\(core/dev\.cpp:[0-9]+, fuse_putback_request' release
find_mutant background_list_unlocked \
    'lists_locked: fc->background has changed while nobody held fc->lock .*\(core/dev\.cpp:[0-9]+, ' release
spare_repaired release

# A killed FLUSH has references of its own when the file system is shut down.
find_mutant background_not_walked 'busy_inodes: inode [0-9]+ is in use after unmount ' unmount
spare_repaired unmount

find_mutant connected_not_rechecked \
    'errno_contract: read returns -512 to daemon although no signal is pending ' aborted-request
find_mutant lock_ignores_interrupt \
    'locked: request [0-9]+ is locked for copying after it was interrupted .*\(core/dev\.cpp:[0-9]+, lock_request' \
    killed-request

find_mutant any_signal_interrupts \
    'errno_contract: stat returns EINTR to requester although it is not being killed ' harmless-signal
find_mutant refused_before_disconnected \
    'errno_contract: .* ends with ECONNREFUSED although fc->connected is 0, which comes first .*request_send' init-answers
find_mutant oversized_request_lost \
    'list_membership: request [0-9]+ is in state READING with 2 references but on no list .*fuse_dev_readv' \
    setxattr --set buffer=64
find_mutant unfilled_page_kept \
    'stale_bytes: page [0-9]+ is marked up to date although 128 bytes from 0 on were never written ' \
    read-pages --set short=1
spare_repaired read-pages --set short=1
find_mutant poll_hides_disconnect \
    'hang: the run hangs: .* sleeps in sys_poll .* a lost wakeup, .* wrote fc->connected in fuse_abort_conn' polling-daemon
find_mutant release_keeps_processing \
    'cut_off: request [0-9]+ is on fc->processing although whoever has cut the connection off is through ' daemon-dies
# While the aborter waits to call the end of one request, another is still copied.
find_mutant io_aborted_last \
    'cut_off: request [0-9]+ is on fc->processing although whoever has cut the connection off is through ' \
    mix --set async=2 --set requesters=2 --set daemons=3 --set aborters=1 --set faults=4

# The closer is killed while the daemon works on FLUSH; a second worker then reads RELEASE. It takes many schedules.
runs=400000 find_mutant interrupted_without_references \
    'ledger: file 97 of node 97 is released while the daemon works on request [0-9]+ on it ' \
    unmount --set daemons=2 --set requesters=0 --set forgets=0

exit "$status"
