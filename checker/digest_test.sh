#!/usr/bin/env bash
# The same seed gives the same runs: again, with any number of jobs, and in shards, whose digests add up to the whole.
set -u
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
status=0

# digest_of CORE OPTION...; the report of a core with bugs comes with status 1.
digest_of() {
    local core=$1 report
    shift
    report=$("$INTERFUSE_BIN/interfuse-$core" explore --seed 7 --runs 2000 --keep-going --format json \
        --out "$scratch/out" "$@" 2>"$scratch/errors")
    [[ $? -le 1 ]] || cat "$scratch/errors" >&2
    sed -n 's/^  "digest": "\([0-9a-f]*\)",$/\1/p' <<<"$report"
}

for core in repaired linux-2.6.17; do
    first=$(digest_of "$core" --jobs 1)
    again=$(digest_of "$core" --jobs 1)
    jobs=$(digest_of "$core" --jobs 2)
    shards=$(printf '%016x' $((0x$(digest_of "$core" --shard 1/2) + 0x$(digest_of "$core" --shard 2/2))))
    other=$(digest_of "$core" --seed 8)
    fine=$(digest_of "$core" --points fine)
    echo "$core: $first, again $again, with two jobs $jobs, in two shards $shards, of another seed $other, fine $fine"
    [[ ${#first} == 16 && $first == "$again" && $first == "$jobs" && $first == "$shards" ]] || status=1
    [[ $first != "$other" && $first != "$fine" ]] || status=1
done
exit "$status"
