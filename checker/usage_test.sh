#!/usr/bin/env bash
# A command line that asks for what is not there: exit status 2, nothing on stdout, and one sentence on stderr that
# names the culprit and what was expected.
set -u
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
status=0
tool=$INTERFUSE_BIN/interfuse-repaired

# expect PATTERN ARGUMENT...
expect() {
    local pattern=$1 got=0
    shift
    (cd "$scratch" && "$tool" "$@" >out 2>err) || got=$?
    if [[ $got != 2 || -s $scratch/out || $(wc -l <"$scratch/err") != 1 || ! $(<"$scratch/err") =~ $pattern ]]; then
        printf 'interfuse %s: exits %s and says:\n' "$*" "$got"
        cat "$scratch/out" "$scratch/err"
        printf 'expected: status 2, only one line on stderr: %s\n\n' "$pattern"
        status=1
    fi
}

expect 'parameter requesters of scenario one-request must be from 1 to 6, not -1$' explore --set requesters=-1
trace=$PWD/traces/late-reply-oops.json
expect '^interfuse: --last: ' show "$trace" --last -1
expect '^interfuse: --last: ' show "$trace" --last 010
expect '^interfuse: --last: ' replay "$trace" --last 99999999999999999999
expect '--out: the name of a file was expected, not ""$' replay "$trace" --out ''
expect '--out: . is there and no regular file$' replay "$trace" --out .
expect '--out: there is no folder .*/nosuch$' replay "$trace" --out nosuch/file
mkfifo "$scratch/fifo"
expect '--out: fifo is there and no regular file$' replay "$trace" --out fifo
ln -s nowhere "$scratch/link"
expect '--out: link is there and no regular file$' replay "$trace" --out link
expect 'parameter requesters of scenario one-request must be from 1 to 6, not 7$' explore --set requesters=7
expect 'op of scenario mix must be one of lookup, read, write, setxattr, open, any, .*, not append$' explore mix --set op=append
expect 'op of scenario mix must be one of lookup, .*, not 1$' explore mix --set op=1
expect 'no chosen scenario has a parameter nosuch; they have requesters, ' explore --set nosuch=1
expect 'no chosen scenario has a parameter aborters; they have requesters, ' explore one-request --set aborters=1
expect 'key=value was expected, not "requesters"$' explore --set requesters
expect 'key=value was expected, not "requesters="$' explore --set requesters=
expect 'key=value was expected, not "=1"$' explore --set =1
expect 'key=value was expected, not "mix"; scenarios come before the options$' explore --set requesters=1 mix
expect 'requesters of scenario one-request must be from 1 to 6, not 1x$' explore --set requesters=1x
expect 'requesters of scenario one-request must be from 1 to 6, not 99999999999$' explore --set requesters=99999999999
expect '--set: key=value was expected, not ""$' explore --set requesters=1,,faults=1
expect '--set: key=value was expected, not ""$' verify --set requesters=1,
expect '--without: tokens is named twice$' explore --without tokens,end_once,tokens
expect 'there is no scenario "no\\x1b\[1msuch"; there are ' explore $'no\x1b[1msuch'
expect 'one of linux-2.6.17, repaired, .* was expected, not "nosuch"$' explore --core nosuch
expect 'no scenario "nosuch"; there are one-request, ' explore nosuch
expect 'one-request is named twice with the same parameters$' explore one-request one-request
expect 'one-request is named twice with the same parameters$' explore one-request one-request:requesters=1
expect 'mix is named twice with the same parameters$' verify mix:split=1 mix --set split=1
expect '^interfuse: mix: key=value was expected, not ""$' explore mix:
expect '^interfuse: mix: key=value was expected, not "split"$' verify mix:split
expect '^interfuse: mix: key=value was expected, not ""$' explore mix:split=1,
expect '^interfuse: mix: split is given twice, as 0 and as 1; once is allowed$' explore mix:split=0,split=1
expect 'scenario mix has no parameter nosuch; it has: requesters, ' explore mix:nosuch=1
expect 'requesters of scenario mix must be from 1 to 4, not 5$' verify mix:requesters=5
expect 'there is no scenario "nosuch"; there are one-request, ' verify nosuch:requesters=1
expect 'scenario one-request is named twice with the same parameters' verify all one-request
expect '--set: requesters is given twice, as 1 and as 2; once is allowed$' explore --set requesters=1,requesters=2
expect '--set: requesters is given twice, as 1 and as 1; once is allowed$' verify --set requesters=1 --set requesters=1
expect 'requesters of scenario one-request must be from 1 to 6 without leading zeros, not 01$' explore --set requesters=01
expect 'faults of scenario one-request must be from 0 to 8 without leading zeros, not 00$' explore one-request:faults=00
expect 'faults of scenario one-request must be from 0 to 8, not -0$' explore one-request --set faults=-0
expect 'page_size of scenario one-request must be a power of two from 64 to 4096, not 100$' explore --set page_size=100
expect 'page_size of scenario bad-address must be a power of two from 64 to 4096, not 4095$' explore bad-address:page_size=4095
expect 'page_size of scenario one-request must be a power of two from 64 to 4096, not 8192$' explore --set page_size=8192
expect 'buffer of scenario mix must be 0 or from 42 to 8192, not 1$' explore mix --set buffer=1
expect 'buffer of scenario mix must be 0 or from 42 to 8192, not 41$' explore mix --set buffer=41
expect 'buffer of scenario setxattr must be 0 or from 42 to 256, not 41$' explore setxattr --set buffer=41
expect 'lazy of scenario mix does nothing unless unmounters is more than 0$' explore mix --set lazy=1
expect 'insist of scenario mix does nothing unless killers is more than 0$' verify mix:insist=signal
expect 'late of scenario mix does nothing unless faults or efaults or oom is more than 0$' explore mix:late=1 --set lazy=0
expect '--nosuch' explore --nosuch
expect '--strategy: nosuch not in' explore --strategy nosuch
expect '--points: middle not in' explore --points middle
expect '--watch: all, none, or some of memory, races, locks .* not "heap" as in "memory,heap"$' explore --watch memory,heap
expect '--watch: .* not "all" as in "all,none"$' explore --watch all,none
expect '--watch: .* not "" as in ",memory"$' explore --watch ,memory
expect '--watch: memory is named twice in "memory,locks,memory"$' explore --watch memory,locks,memory
expect '--watch: .* not ""$' verify --watch ''
expect '--watch: .* not "nothing"$' replay --watch nothing traces/none.json
expect '--format: xml not in' explore --format xml
expect '--seed: .*not -1' explore --seed -1
expect '--seed: a decimal number below 2.64 without leading zeros was expected, not 01;' explore --seed 01
expect '--runs: a decimal number from 1 to .* without leading zeros was expected, not 010;' explore --runs 010
expect '--runs: .* was expected, not 0x10;' explore --runs 0x10
expect '--jobs: .* from 1 to 256 without leading zeros was expected, not 01;' verify --jobs 01
expect '--max-time: a number of seconds .* without leading zeros was expected, not 01.5;' explore --max-time 01.5
expect '--max-time: a number of seconds' coverage --max-time nan
expect '--shard: .* without leading zeros, was expected, not "01/2"$' explore --shard 01/2
expect '--shard: .* without leading zeros, was expected, not "1/02"$' explore --shard 1/02
expect '--max-memory: .* was expected, not "064M"$' verify --max-memory 064M
expect '--max-memory: .* no more than 16384G, was expected, not "16385G"$' verify --max-memory 16385G
expect '--runs: ' explore --runs 0
expect '--max-time: ' explore --max-time 0
expect '--jobs: ' explore --jobs 0
expect '--shard: .*not "0/2"$' explore --shard 0/2
expect '--shard: .*not "3/2"$' explore --shard 3/2
expect '--goals: with --checks steps only' explore --goals --checks end
expect 'nosuch.ini' explore --config nosuch.ini
expect 'there is no verb "nosuch"; there are ' nosuch
expect 'TRACE is required' replay
expect 'not expected: two' replay one two
expect 'nosuch not in' list nosuch
expect 'WHAT is required' schema
expect 'there is no scenario "nosuch"; there are one-request, ' coverage nosuch
expect '--runs: ' coverage --runs 0
expect 'there is no mutant "nosuch"; "interfuse list cores" names them, those of a folder of yours only while INTERFUSE_MUTANTS does$' mutants nosuch
expect 'there is no mutant "repaired"; "interfuse list cores" names them' mutants repaired
expect 'mutant debt_ignored is named twice$' mutants debt_ignored debt_ignored
expect '--runs: ' mutants --runs 0
expect '--jobs: ' mutants --jobs 0
expect '--without: nosuch not in ' explore --without nosuch
expect '--runs: ' selfcheck --runs 0
expect '--out: .* cannot be a folder' explore --out "$tool/traces"
expect '--out: .* cannot be a folder' verify --out "$tool/traces"
expect '--out: .* cannot be a folder' mutants --out "$tool"
expect '--out: nothing can be written to /proc: ' explore one-request --runs 1 --out /proc/traces
expect '--out: nothing can be written to /proc: ' verify one-request --out /proc/traces
expect '--out: nothing can be written to /proc: ' mutants debt_ignored --out /proc/traces
expect '--out: .* cannot be made a folder: ' explore --runs 1 --out "$(printf 'a%.0s' {1..300})"
expect '--out: the name of a folder was expected, not ""$' explore --out ''
expect '--out: the name of a folder was expected, not ""$' mutants --out ''
expect 'a number with M or G, such as 64M' verify --max-memory 64
expect '--max-time: a number of seconds' explore --max-time nan
expect '--max-time: a number of seconds' verify --max-time nan
expect '--max-time: a number of seconds' mutants --max-time nan
expect '--max-time: a number of seconds' selfcheck --max-time 0
expect '--watch: verify takes none, memory, races or memory,races' verify --watch all
expect '--watch: races takes --reduce sleep or none' verify --watch races --reduce persistent
expect '--watch: races takes --reduce sleep or none' verify --watch races --reduce local
expect '--watch: races takes neither --livelocks nor --walks' verify --watch races --walks 5
expect '--watch: races takes neither --livelocks nor --walks' verify --watch races --livelocks
expect '--livelocks: with --reduce none only' verify --livelocks --reduce sleep
expect '--livelocks: with --jobs 1 only' verify --livelocks --jobs 2
expect 'there is no scenario "nosuch"' verify nosuch
expect 'coarse' verify --points none
# This build has no counters in its core.
expect 'the preset coverage does, with g' coverage one-request

# The environment and config files are asked as strictly.
INTERFUSE_RUNS=many expect '--runs: .*many' explore
INTERFUSE_CORE=nosuch expect 'not "nosuch"$' explore
printf 'runs = many\n' >"$scratch/bad_value.ini"
expect '--runs: .*many' explore --config bad_value.ini
printf 'nosuch = 1\n' >"$scratch/bad_key.ini"
expect 'nosuch' explore --config bad_key.ini
INTERFUSE_CONFIG=bad_value.ini expect '--runs: .*many' explore
INTERFUSE_CONFIG=bad_key.ini expect 'nosuch' verify
INTERFUSE_CONFIG=nosuch.ini expect 'nosuch.ini' verify
expect '--config: the name of a file was expected, not ""$' explore --config ''
expect '--config: ' verify --config=

# A core that is known and not built.
mkdir "$scratch/bin"
cp "$tool" "$INTERFUSE_BIN/cores.json" "$scratch/bin"
printf 'core = linux-2.6.17\n' >"$scratch/core.ini"
got=0
"$scratch/bin/interfuse-repaired" explore --config "$scratch/core.ini" >"$scratch/out" 2>"$scratch/err" || got=$?
[[ $got == 70 && $(<"$scratch/err") =~ ^'interfuse: core linux-2.6.17 is not built: '.*' is missing; ' ]] ||
    { echo "a core that is not built: exits $got and says: $(<"$scratch/err")"; status=1; }

# What cannot be written is said, whatever the verb, and however little there is to flush at the end. Only some builds can verify.
calls=('list' 'schema trace' '--help' 'explore one-request --runs 10' 'show traces/late-reply-oops.json'
    'replay traces/late-reply-oops.json' 'mutants no_extra_reference')
[[ -x $INTERFUSE_BIN/search/interfuse-repaired ]] && calls+=('verify one-request --max-states 10')
for arguments in "${calls[@]}"; do
    got=0
    # shellcheck disable=SC2086
    INTERFUSE_OUT=$scratch/traces "$tool" $arguments >/dev/full 2>"$scratch/err" || got=$?
    [[ $got == 70 && $(tail -n 1 "$scratch/err") == 'interfuse: stdout could not be written'* ]] ||
        { echo "interfuse $arguments >/dev/full: exits $got and says: $(<"$scratch/err")"; status=1; }
done

# The twin: the same options with sound values.
got=0
"$tool" explore one-request --core repaired --strategy random --points fine --seed 1 --runs 1 --jobs 1 --shard 1/2 \
    --set requesters=2 --format json --out "$scratch/traces" >"$scratch/report" 2>&1 || got=$?
[[ $got == 0 ]] || { echo "a sound command line exits $got:"; cat "$scratch/report"; status=1; }
got=0
"$tool" explore mix mix:lazy=1,unmounters=1 mix:insist=kill,killers=1 mix:late=1,oom=1 mix:buffer=42 mix:page_size=64,faults=0 \
    --seed 0 --runs 10 --out "$scratch/traces" >"$scratch/report" 2>&1 || got=$?
[[ $got == 0 ]] || { echo "a command line with all that is needed exits $got:"; cat "$scratch/report"; status=1; }
exit "$status"
