#!/usr/bin/env bash
# A trace that cannot be read is rejected with one sentence that names it; one that was tampered with diverges, at a
# step that is named; one that is sound replays.
set -u
export LC_ALL=C
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
status=0
tool=$INTERFUSE_BIN/interfuse-no_extra_reference

# replay FILE STATUS: leaves what is said in out and err.
replay() {
    local got=0 started=$EPOCHREALTIME ended
    "$tool" replay --quiet "$1" >"$scratch/out" 2>"$scratch/err" || got=$?
    ended=$EPOCHREALTIME
    printf '%s: exits %s after %s ms: %s\n' "${1##*/}" "$got" $(((${ended/./} - ${started/./}) / 1000)) \
        "$(sed "s|$scratch/||g" "$scratch/err" "$scratch/out" | head -n 1)"
    [[ $got == "$2" ]] || { echo "    status $2 was expected"; status=1; }
}

rejects() {
    replay "$1" 5
    if [[ -s $scratch/out || $(wc -l <"$scratch/err") != 1 || $(<"$scratch/err") != *"$1"* ]]; then
        echo "    one line on stderr that names the file was expected:"
        cat "$scratch/out" "$scratch/err"
        status=1
    fi
}

"$tool" explore aborted-request --seed 1 --runs 100000 --out "$scratch/found" >/dev/null 2>&1
sound=$(find "$scratch/found" -name '*.json' | head -n 1)
[[ -f $sound ]] || { echo "no trace to break"; exit 1; }
replay "$sound" 1
grep -q ': all equal' "$scratch/out" || { echo "    a step differs"; status=1; }

# Written anew it is the same but for what has moved.
sed 's/"line":[0-9]*/"line":1/' "$sound" >"$scratch/moved"
"$tool" replay --quiet "$scratch/moved" --out "$scratch/anew" >"$scratch/out"
grep -q ' events stand at other lines than recorded' "$scratch/out" || { echo "    moved lines are not counted"; status=1; }
cmp "$scratch/anew" "$sound" || { echo "    a trace written anew is another one"; status=1; }

head -c $(($(stat -c %s "$sound") / 2)) "$sound" >"$scratch/half"
rejects "$scratch/half"
sed 's/"version": 1,/"version": 2,/' "$sound" >"$scratch/later_version"
rejects "$scratch/later_version"
sed '0,/{"task":[0-9]*,/s//{"task":31,/' "$sound" >"$scratch/no_such_task"
rejects "$scratch/no_such_task"
sed '0,/"enabled":\[/s//"enabled":[31,/' "$sound" >"$scratch/no_such_task_enabled"
rejects "$scratch/no_such_task_enabled"
sed 's/"scenario": "[^"]*"/"scenario": "nosuch"/' "$sound" >"$scratch/no_such_scenario"
rejects "$scratch/no_such_scenario"
sed 's/"core": "[^"]*"/"core": "nosuch"/' "$sound" >"$scratch/no_such_core"
rejects "$scratch/no_such_core"
sed 's/"requesters":[0-9]*/"requesters":1000/' "$sound" >"$scratch/parameter_out_of_range"
rejects "$scratch/parameter_out_of_range"
sed 's/"requesters":[0-9]*/"requesters":"many"/' "$sound" >"$scratch/parameter_without_a_name"
rejects "$scratch/parameter_without_a_name"
{ head -c 10000 /dev/zero | tr '\0' '['; head -c 10000 /dev/zero | tr '\0' ']'; } >"$scratch/nested"
rejects "$scratch/nested"
head -c 1G /dev/zero | tr '\0' ' ' >"$scratch/spaces"
rejects "$scratch/spaces"
rm "$scratch/spaces"
head -c 60M /dev/zero | tr '\0' ' ' >"$scratch/fewer_spaces"
rejects "$scratch/fewer_spaces"
rm "$scratch/fewer_spaces"
head -c 4096 "$tool" >"$scratch/noise"
rejects "$scratch/noise"
{ cat "$sound"; printf '\0 and more'; } >"$scratch/more_behind_a_nul"
rejects "$scratch/more_behind_a_nul"
mkdir "$scratch/folder"
rejects "$scratch/folder"
: >"$scratch/empty"
rejects "$scratch/empty"
rejects "$scratch/missing"

# diverges FILE: the first step that differs is named.
diverges() {
    cmp -s "$1" "$sound" && { echo "${1##*/} was not changed"; status=1; }
    replay "$1" 3
    grep -Eq '^diverged at step [0-9]+ of [0-9]+, in its ' "$scratch/out" ||
        { echo "    the first step that differs was expected:"; cat "$scratch/out" "$scratch/err"; status=1; }
}

# The first choice of a task, answered with another one.
sed -E '0,/\["(schedule|preempt)",([0-9]+),0\]/s//["\1",\2,1]/' "$sound" >"$scratch/other_answer"
diverges "$scratch/other_answer"
sed -E '0,/\["(schedule|preempt)",([0-9]+),0\]/s//["page-fault",\2,0]/' "$sound" >"$scratch/other_kind"
diverges "$scratch/other_kind"
sed -E '0,/"hash":"[0-9a-f]{16}"/s//"hash":"0123456789abcdef"/' "$sound" >"$scratch/other_hash"
diverges "$scratch/other_hash"
exit "$status"
