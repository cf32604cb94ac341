#!/usr/bin/env bash
# verify says complete only when it is, names the bound that stopped it, and writes traces that replay.
set -u
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
status=0
complain() {
    printf '%s\n' "$*"
    status=1
}

# expect STATUS CORE ARGUMENT...
expect() {
    local wanted=$1 core=$2 got=0
    shift 2
    "$INTERFUSE_BIN/interfuse-$core" verify "$@" --out "$scratch/out" >"$scratch/said" 2>"$scratch/errors" || got=$?
    [[ $got == "$wanted" ]] || complain "$core: verify $* exits $got, not $wanted: $(tail -n 2 "$scratch/said" "$scratch/errors")"
}

expect 0 repaired one-request
grep -q '^one-request: complete: [0-9,]* states, ' "$scratch/said" || complain "one-request is not said to be complete"
grep -q 'nothing new violated; complete: ' "$scratch/said" || complain "the conclusion does not say complete"
cp "$scratch/said" "$scratch/first"
expect 0 repaired one-request
[[ $(sed 's/, [0-9.]* s, .*//;s/[0-9.]* seconds.*//' "$scratch/said") == $(sed 's/, [0-9.]* s, .*//;s/[0-9.]* seconds.*//' "$scratch/first") ]] ||
    complain "a second search counts other states"

# Skimming too, whatever addresses the system has given to the two.
for turn in first second; do
    expect 0 repaired write-page --format json
    grep -E '"(states|transitions|states_of_all_passes|passes|depth)":' "$scratch/said" >"$scratch/$turn"
done
grep -qE '"passes": ([2-9]|[1-9][0-9])' "$scratch/first" || complain "one pass is enough for write-page, and nothing is skimmed: $(<"$scratch/first")"
diff "$scratch/first" "$scratch/second" >"$scratch/differs" || complain "a second search sees other states: $(<"$scratch/differs")"

# Twice the same scenario, with parameters of its own and those for all.
expect 0 repaired mix:requests=2 mix one-request:requests=1 --set daemons=2
[[ $(sed -n 's/: complete: .*//p' "$scratch/said") == $'mix:requests=2,daemons=2\nmix:daemons=2\none-request:daemons=2' ]] ||
    complain "parameters do not go where they were given: $(<"$scratch/said")"
expect 0 repaired mix:split=1 mix --format table
[[ $(sed -n 's/^| \(mix[^ ]*\) |.*/\1/p' "$scratch/said") == $'mix:split=1\nmix' ]] || complain "the table has other names"
expect 0 linux-2.6.17 mix --set killers=1,aborters=1 --format table
grep -q '| complete, [0-9]* findings: .*late-reply-oops.* |$' "$scratch/said" || complain "the table does not name what was found: $(<"$scratch/said")"
expect 1 no_extra_reference mix:killers=1 mix:killers=1,split=1 --first
[[ $(sed -n 's/^trace: .*\(-[^-]*\)$/\1/p' "$scratch/said" | tail -n 1) == -2.json ]] || complain "a trace was overwritten"

# With fewer orders of steps the same is found, and what a search takes for granted holds where it is tried out. Every scenario
# is begun, each with the watcher of memory as well.
expect 0 repaired one-request mix --set killers=1 --reduce none --self-check
sed -n 's/^\([a-z-]*\).* states.*, \([0-9]*\) ends*;.*/\1 \2/p' "$scratch/said" >"$scratch/ends"
for reduce in sleep local persistent; do
    expect 0 repaired one-request mix --set killers=1 --reduce "$reduce" --self-check
    sed -n 's/^\([a-z-]*\).* states.*, \([0-9]*\) ends*;.*/\1 \2/p' "$scratch/said" | diff "$scratch/ends" - ||
        complain "with --reduce $reduce the ends are others"
done

# An idle daemon keeps nothing of what it has done. What tells ends apart is who came first of two requesters; and of two pollers,
# who has read, as its page is dirty, and who waits in front of the other.
expect 0 repaired mix:requesters=2,split=1 polling-daemon:getters=0,pollers=0,aborters=0
[[ $(sed -n 's/.* states.*, \([0-9]*\) ends*;.*/\1/p' "$scratch/said") == $'2\n4' ]] || complain "an idle daemon is in more than one state: $(<"$scratch/said")"

# The others wait for nothing that a process has held which was killed.
for turn in 1 2 3 4 5 6; do
    "$INTERFUSE_BIN/interfuse-repaired" verify several-workers --reduce sleep --jobs 3 --max-time 60 --out "$scratch/out" \
        >"$scratch/said" 2>"$scratch/errors" &
    search=$!
    workers=
    while kill -0 $search 2>/dev/null && [[ $(wc -w <<<"$workers") -lt 3 ]]; do
        workers=$(cat "/proc/$search/task/$search/children" 2>/dev/null)
    done
    sleep 0.$((turn + 3))
    kill -9 "${workers%% *}" || complain "no process to kill"
    for ((tenths = 0; tenths < 100; ++tenths)); do
        kill -0 $search 2>/dev/null || break
        sleep 0.1
    done
    kill -9 $search 2>/dev/null && complain "a search goes on without a process of its own that was killed"
    wait $search
    got=$?
    [[ $got == 70 ]] || complain "a search of which a process was killed exits $got, not 70"
    grep -q 'a process of the search was killed by signal 9$' "$scratch/errors" || complain "it says: $(tail -n 1 "$scratch/errors")"
done

# Steps that are remembered, and a skim, leave most of the memory to the states.
expect 0 repaired read-pages --max-memory 4M
expect 4 repaired mix:requesters=2,split=1,aborters=1,killers=1,faults=1 --max-memory 16M
grep -q 'only skimmed' "$scratch/said" && complain "skimming takes all of the memory: $(<"$scratch/said")"

# As many states by sleep sets as without, and by as many processes as there are.
states() {
    sed -n 's/^[a-z-]*.*: complete: \([0-9,]*\) states.*/\1/p' "$scratch/said"
}
expect 0 repaired mix --set aborters=1 --reduce none
every=$(states)
for jobs in 1 3; do
    expect 0 repaired mix --set aborters=1 --reduce sleep --jobs "$jobs"
    [[ $(states) == "$every" ]] || complain "sleep sets of $jobs processes lead to $(states) states, not $every"
done
for reduce in local persistent; do
    expect 0 repaired mix --set aborters=1 --reduce "$reduce"
    fewer=$(states)
    [[ ${fewer//,/} -lt ${every//,/} ]] || complain "with --reduce $reduce $fewer states are visited, not less than $every"
done
expect 0 repaired mix --set aborters=1
fewer=$(states)
for seed in 1 2; do
    expect 0 repaired mix --set aborters=1 --seed "$seed" --jobs 3
    [[ $(states) == "$fewer" ]] || complain "in another order three processes visit $(states) states, not $fewer"
done
expect 4 repaired --self-check --watch none --reduce sleep --max-states 1000
expect 4 repaired --self-check --watch memory --max-states 1000

# Hashes of twice as many bits know the same states, and random runs stay inside them.
expect 0 repaired mix --set aborters=1 --reduce sleep --hash 128 --walks 300 --jobs 2
[[ $(states) == "$every" ]] || complain "hashes of 128 bits know $(states) states, not $every"
grep -q '^    300 random walks stayed inside$' "$scratch/said" || complain "the random walks are not reported"
grep -qE 'at most [0-9.]+e-(29|3)' "$scratch/said" || complain "128 bits give no better probability: $(tail -n 1 "$scratch/said")"

expect 0 repaired mix --set aborters=1 --walks 300
grep -q '^    300 random walks stayed inside$' "$scratch/said" || complain "walks beside local steps are not reported"
grep -q '^    [0-9,]* states more were passed through and not kept, as one task went on alone$' "$scratch/said" ||
    complain "it is not said how many states were passed through"

# Walks that are cut short do not pass for all of them.
expect 4 repaired one-request --walks 1000000000 --max-time 1
grep -q '^one-request: incomplete: --max-time: ' "$scratch/said" || complain "walks that were cut short pass for all: $(<"$scratch/said")"

# Layer by layer the same states are seen.
expect 0 repaired mix --set killers=1 --reduce none
every=$(states)
expect 0 repaired mix --set killers=1 --shortest
[[ $(states) == "$every" ]] || complain "layer by layer $(states) states are seen, not $every"
expect 2 repaired one-request --shortest --jobs 2
expect 2 repaired one-request --shortest --seed 3
expect 2 repaired one-request --any-order --reduce sleep

# A bound is named in one sentence, and what was seen so far is reported.
expect 4 repaired mix --set requesters=2,split=1,aborters=1,killers=1,faults=1 --max-memory 4M
grep -q 'incomplete: --max-memory: [0-9,]* states' "$scratch/said" || complain "the bound on memory is not named"
# Where it takes long, lines of progress come before.
[[ $(grep -vc " a second, " "$scratch/errors") == 1 ]] || complain "a bound takes more than a sentence: $(cat "$scratch/errors")"
expect 4 repaired one-request --max-states 50
grep -q 'incomplete: --max-states: 50 states' "$scratch/said" || complain "the bound on states is not named"
expect 4 repaired one-request --max-steps 20
grep -q 'incomplete: --max-steps: ' "$scratch/said" || complain "the bound on steps is not named"
grep -q 'incomplete: --max-steps: 0 states' "$scratch/said" && complain "the steps of the setup are counted"
expect 2 repaired one-request --max-states 0
expect 2 repaired one-request --max-memory 12
grep -q -- '--max-memory: a number with M or G' "$scratch/errors" || complain "a bad size is not explained"
expect 2 repaired no-such-scenario

# A signal is no bound, and what was found by then is reported.
"$INTERFUSE_BIN/interfuse-linux-2.6.17" verify mix:requesters=2,split=1,aborters=1,killers=1,faults=1 --strict --jobs 2 --max-time 60 \
    --format json --out "$scratch/out" >"$scratch/said" 2>"$scratch/errors" &
search=$!
until grep -q 'pass' "$scratch/errors" || ! kill -0 "$search" 2>/dev/null; do sleep 0.1; done
kill -TERM "$search" 2>/dev/null
got=0
wait "$search" || got=$?
[[ $got == 1 ]] || complain "what was found before a signal makes the exit status $got, not 1"
grep -q '"interrupted_by": 15,' "$scratch/said" || complain "the signal is not named: $(head -n 5 "$scratch/said")"
grep -q '"bound": "",' "$scratch/said" || complain "a signal is taken for a bound: $(grep '"bound"' "$scratch/said")"

# Races by comparing steps: the documented ones of 2006, and none of the repaired core.
expect 0 linux-2.6.17 read-pages --watch races
grep -q 'traces/race-copy-out-args-request-wait-answer.json' "$scratch/said" || complain "the race in read-pages is not found"
grep -q 'not confirmed: nothing orders' "$scratch/said" && complain "a race of read-pages does not show when its path is run"
# A copy that fails behind the race shows on no path without it.
grep -q 'not confirmed: write returns .* its path meets data_race first: ' "$scratch/said" ||
    complain "what lies behind the race in read-pages is not named"
expect 1 linux-2.6.17 read-pages --watch races --strict --jobs 2
trace=$(sed -n 's/^trace: \(.*-ce0bec2a9d399a81.json\)$/\1/p' "$scratch/said")
got=0
"$INTERFUSE_BIN/interfuse-linux-2.6.17" replay "$trace" >"$scratch/replayed" 2>&1 || got=$?
[[ $got == 1 ]] || complain "the replay of a race exits $got, not 1: $(head -n 3 "$scratch/replayed")"
expect 0 linux-2.6.17 init --watch races
every=$(states)
expect 0 linux-2.6.17 init --watch races --jobs 3
[[ $(states) == "$every" ]] || complain "three processes that look for races visit $(states) states, not $every"
for reduce in sleep none; do
    expect 0 repaired one-request read-pages fault-in-reply mounting --watch memory,races --reduce "$reduce"
    [[ $(grep -c ': complete: ' "$scratch/said") == 4 ]] || complain "with --reduce $reduce races are not looked for everywhere"
done

# What lies behind a race on one path is found on another.
expect 0 linux-2.6.17 mix --set aborters=1,op=setxattr --watch races
for known in race-copy-out-args-end-io-requests write-returns-huge-count; do
    grep -q "traces/$known.json" "$scratch/said" || complain "mix with an aborter does not show $known"
done

# A livelock, in which each round sends one more request, and none without it.
expect 4 linux-2.6.17 direct-io --set nothing=1,readers=0,writers=1,killers=0,faults=0 --livelocks
grep -q '^known in direct-io:[^ ]*nothing=1[^ ]*: livelock: ' "$scratch/said" || complain "the livelock is not found"
for scenario in 'direct-io --set nothing=1,readers=0,writers=1,killers=0,faults=0' 'one-request'; do
    # shellcheck disable=SC2086
    expect 0 repaired $scenario --livelocks
    grep -q '^    0 circles of states' "$scratch/said" || complain "somebody can go round in $scenario"
done

# A planted bug is found, and its path replays.
expect 1 no_extra_reference mix --set killers=1
trace=$(sed -n 's/^trace: //p' "$scratch/said" | head -n 1)
if [[ -f $trace ]]; then
    got=0
    "$INTERFUSE_BIN/interfuse-no_extra_reference" replay "$trace" >"$scratch/replayed" 2>&1 || got=$?
    [[ $got == 1 ]] || complain "the replay exits $got, not 1: $(head -n 3 "$scratch/replayed")"
    grep -q ': all equal, in task, enabled tasks, events and hashes$' "$scratch/replayed" ||
        complain "a step of the replay differs: $(head -n 4 "$scratch/replayed")"
else
    complain "there is no trace \"$trace\""
fi
expect 0 repaired mix --set killers=1

# A request that is put back to rest does not commute with a touch of it, though they share no word but its marks.
for reduce in none sleep local persistent; do
    expect 1 used_after_put one-request --watch memory --reduce "$reduce"
    grep -q 'resting_object: ' "$scratch/said" || complain "with --reduce $reduce no touch of a resting request is found"
done

# A search that ends at its first finding says so; the hunt for mutants makes use of it.
expect 1 no_extra_reference aborted-request --first
grep -q '^aborted-request: incomplete: the first finding: ' "$scratch/said" || complain "the first finding is not named as the bound"
got=0
"$INTERFUSE_BIN/interfuse-repaired" mutants no_extra_reference --verify --out "$scratch/hunted" >"$scratch/said" 2>&1 || got=$?
[[ $got == 0 ]] || complain "the hunt by states exits $got: $(<"$scratch/said")"
grep -qE ' reference_count after [0-9,]+ states, ' "$scratch/said" || complain "the hunt counts no states: $(<"$scratch/said")"

# A finding that random walks meet soon, and the search late.
expect 1 io_aborted_last mix --set async=1,daemons=2,aborters=1 --first --scout 5000
grep -qE '^mix:async=1,daemons=2,aborters=1: incomplete: the first finding, on random walk [0-9,]+ before the search; ' "$scratch/said" ||
    complain 'the walk that met the finding is not named'
expect 0 repaired mix --first --scout 20
grep -q '^mix: complete: ' "$scratch/said" || complain 'no search follows on walks that met nothing'
expect 2 repaired mix --scout 20
got=0
"$INTERFUSE_BIN/interfuse-repaired" mutants io_aborted_last --verify --out "$scratch/hunted" >"$scratch/said" 2>&1 || got=$?
[[ $got == 0 ]] || complain "the hunt by walks exits $got: $(<"$scratch/said")"
grep -qE ' cut_off on random walk [0-9,]+ before the search, ' "$scratch/said" || complain "the hunt names no walk: $(<"$scratch/said")"

exit "$status"
