#!/usr/bin/env bash
# Explore as a user sees it: where it stops, where its options come from, what it prints about a violation, and what an
# interruption leaves.
set -u

tool=$INTERFUSE_BIN/interfuse-repaired
root=$PWD
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failures=0

fail() {
    printf 'FAILED: %s\n' "$*"
    failures=$((failures + 1))
}

# expect STATUS ARGUMENTS... leaves the output in `out`, stderr in `err`.
expect() {
    local wanted=$1 status=0
    shift
    "$tool" "$@" >out 2>err || status=$?
    [[ $status == "$wanted" ]] || fail "interfuse $* exits $status, not $wanted: $(head -c 300 err)"
}

# Which worker finds what first must not show in where a search stops and what it counts.
the_first_violation_stops_the_search_with_any_number_of_jobs() {
    local jobs
    expect 1 explore --core requester_leaves_locked --seed 7 --runs 20000 --format json --out o
    grep -E '"(digest|runs|steps|first_run|count)"' out >one
    for jobs in 2 3; do
        expect 1 explore --core requester_leaves_locked --seed 7 --runs 20000 --format json --out o --jobs $jobs
        grep -E '"(digest|runs|steps|first_run|count)"' out | diff -q - one || fail "$jobs jobs make a difference"
    done
}

options_come_from_file_and_environment() {
    printf 'runs = 5\nseed = 3\nset = ["faults=1"]\n' >file.ini
    expect 0 explore one-request --config file.ini
    grep -q 'seed 3: .* sample of 5 runs' out || fail "--config is not obeyed"
    INTERFUSE_RUNS=6 expect 0 explore one-request
    grep -q 'sample of 6 runs' out || fail "INTERFUSE_RUNS is not obeyed"
    INTERFUSE_RUNS=6 expect 0 explore one-request --config file.ini
    grep -q 'sample of 5 runs' out || fail "the file does not win over the environment"
    INTERFUSE_RUNS=6 expect 0 explore one-request --runs 7
    grep -q 'sample of 7 runs' out || fail "the command line does not win over the environment"
    INTERFUSE_SET=faults=1,requesters=2 expect 0 explore one-request --runs 100 --format json
    [[ $(grep -cE '"faults": 1|"requesters": 2' out) == 2 ]] || fail "INTERFUSE_SET is not obeyed"
}

a_scenario_has_parameters_of_its_own() {
    expect 0 explore mix:requesters=2 mix:op=read,split=1 one-request --set requesters=3,faults=1 --runs 10
    [[ $(sed -n 's/: a sample of .*//p' out) == $'mix:requesters=2,faults=1\nmix:requesters=3,op=read,split=1,faults=1\none-request:requesters=3,faults=1' ]] ||
        fail "parameters do not go where they were given: $(<out)"
    expect 0 explore mix:requesters=2 mix --set requesters=3 --runs 10 --format json
    [[ $(sed -n 's/.*"requesters": //p' out) == $'2,\n3,' ]] || fail "the report has other parameters"
    expect 1 explore mix mix:split=1 mix:daemons=2 --core no_extra_reference --runs 2000 --out twice
    local title trace traces=()
    mv out told
    for title in mix mix:split=1 mix:daemons=2; do
        trace=$(sed -n "/^violation in run [0-9]* of $title: /{n;s/^trace: //p}" told)
        expect 1 replay "$trace"
        traces+=("${trace##*-}")
    done
    [[ ${traces[1]} == 2.json && ${traces[2]} == 3.json ]] || fail "further traces of one name are ${traces[*]}"
    grep -q '"split":1' twice/*-2.json || fail "the second trace is not that of the second scenario"
    expect 1 explore mix:split=1 mix --core no_extra_reference --runs 2000 --out twice --format github
    grep -q ' of scenario mix:split=1; trace twice/' out || fail "an annotation does not name the parameters"
    expect 1 explore mix:split=1 mix --core no_extra_reference --runs 2000 --out twice --format junit
    grep -q '<testcase name="mix:split=1" ' out || fail "a test case does not name the parameters"
}

what_watches_is_a_list_and_recorded() {
    expect 0 explore one-request --runs 5 --watch memory,locks --format json
    grep -q '"watch": "memory,locks"' out || fail "a list of watchers is not obeyed"
    INTERFUSE_WATCH=races expect 0 explore one-request --runs 5 --format json
    grep -q '"watch": "races"' out || fail "INTERFUSE_WATCH is not obeyed"
    expect 1 explore --core requester_leaves_locked --runs 20000 --watch all --out watched
    local trace
    trace=$(grep -m1 '^trace: ' out)
    grep -q '^  "watch": "all",$' "${trace#trace: }" || fail "the trace does not say what watched its run"
    expect 1 replay "${trace#trace: }"
    expect 1 replay "${trace#trace: }" --watch none
}

names_of_values_are_recorded() {
    local trace
    expect 0 explore mix --set op=read --runs 5 --format json
    grep -q '"op": "read"' out || fail "a report has no name where the command line has one"
    expect 1 explore init-answers --set answer=any --core refused_before_disconnected --runs 1000
    trace=$(sed -n '2s/^trace: //p' out)
    grep -q '"answer":"any"' "$trace" || fail "a trace has no name where the command line has one"
    expect 1 replay "$trace"
    # As older traces have it.
    sed 's/"answer":"any"/"answer":6/' "$trace" >numbered.json
    expect 1 replay numbered.json
    sed 's/"answer":"any"/"answer":"all"/' "$trace" >misnamed.json
    expect 5 replay misnamed.json
}

what_else_watches_may_find_more() {
    expect 1 replay "$root/traces/end-set-after-send.json" --quiet --watch memory
    grep -q '^step [0-9]* of [0-9]*: all equal until what watches now finds another violation$' out || fail "the step is not said"
    grep -q '^violation: use_after_free: ' out || fail "the earlier violation is not said"
}

a_violation_is_told_in_order_and_replays() {
    local trace
    expect 1 explore one-request --core no_extra_reference --seed 1 --runs 1000
    trace=$(sed -n '2s/^trace: //p' out)
    grep -q '^violation in run .* of one-request: reference_count: request .* (core/dev.cpp:' <(sed -n 1p out) ||
        fail "the first line names no invariant, request and source line: $(sed -n 1p out)"
    [[ -s $trace ]] || fail "the second line names no trace"
    [[ $(sed -n 3p out) == "replay: ./interfuse replay $trace" ]] || fail "the third line is not the replay command"
    grep -q 'dev.cpp:' <(sed 1,4d out) || fail "no columns follow"
    expect 1 replay "$trace"
    grep -q 'all equal' out || fail "the replay differs"
    grep -q '^the violation recurs: reference_count: ' out || fail "the replay does not name the violation"
    expect 0 show "$trace"
}

a_trace_that_cannot_be_written_is_an_error() {
    local broken=(explore one-request --core no_extra_reference --runs 1 --out blocked)
    expect 1 "${broken[@]}"
    local name
    name=$(sed -n 's/^trace: //p' out)
    rm "$name" && mkdir "$name" || fail "there is no trace"
    expect 70 "${broken[@]}"
    grep -q '^violation in run 0' out || fail "the violation itself is not told"
    grep -q '^trace: ' out && fail "a trace is named that was not written"
    if [[ -x $INTERFUSE_BIN/search/interfuse-no_extra_reference ]]; then
        expect 1 verify one-request --core no_extra_reference --out searched
        name=$(sed -n 's/^trace: //p' out | head -n 1)
        rm "$name" && mkdir "$name" || fail "there is no trace of the search"
        expect 70 verify one-request --core no_extra_reference --out searched
        grep -q '; stopped by an error: ' out || fail "a search whose trace was not written counts as $(tail -n 1 out)"
    fi
}

too_little_time_is_said() {
    expect 0 explore one-request --runs 100000000 --max-time 0.2 --format json
    grep -q '"verdict": "incomplete"' out || fail "a search that ran out of time is not incomplete"
    expect 0 explore one-request --runs 100 --max-time 60 --format json
    grep -q '"verdict": "clean"' out || fail "a search that had time enough is not clean"
}

an_interruption_keeps_what_was_sampled() {
    local jobs status
    for jobs in 1 2; do
        "$tool" explore one-request --max-time 60 --jobs $jobs --format json >out 2>err &
        sleep 1
        kill -TERM $!
        wait $!
        status=$?
        [[ $status == 143 ]] || fail "an interrupted search with $jobs jobs exits $status"
        grep -q '"interrupted_by": 15' out || fail "an interrupted search prints no report"
    done
    "$tool" explore aborted-request --core no_extra_reference --keep-going --max-time 60 --out broken >out 2>err &
    sleep 1
    kill -TERM $!
    wait $!
    status=$?
    [[ $status == 1 ]] || fail "a search that was interrupted after a violation exits $status"
}

# Within one run, so not once more over all of them.
a_circle_of_locks_is_one_finding() {
    expect 1 explore closed-file --core mutex_and_semaphore_both_ways --watch all --runs 2000 --keep-going
    grep -q ': 1 violation in a sample of 2,000 runs, ' out || fail "a circle of locks is told as: $(tail -n 1 out)"
}

the_first_violation_stops_the_search_with_any_number_of_jobs
a_circle_of_locks_is_one_finding
a_scenario_has_parameters_of_its_own
what_watches_is_a_list_and_recorded
options_come_from_file_and_environment
names_of_values_are_recorded
what_else_watches_may_find_more
a_violation_is_told_in_order_and_replays
a_trace_that_cannot_be_written_is_an_error
too_little_time_is_said
an_interruption_keeps_what_was_sampled
[[ $failures == 0 ]]
