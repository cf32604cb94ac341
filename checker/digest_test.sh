#!/usr/bin/env bash
# The same seed gives the same runs: again, with any number of jobs, and in shards, whose digests add up to the whole.
# Another seed and other points give other runs, so the digest does see them.
set -u
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
status=0

# digest_of CORE SEED OPTION...; the report of a core with bugs comes with status 1.
digest_of() {
    local core=$1 seed=$2 got=0 digest
    shift 2
    "$INTERFUSE_BIN/interfuse-$core" explore --seed "$seed" --runs 2000 --keep-going --watch all --format json \
        --out "$scratch/out" "$@" >"$scratch/report" 2>"$scratch/errors" || got=$?
    digest=$(sed -n 's/^  "digest": "\([0-9a-f]*\)",$/\1/p' "$scratch/report")
    if [[ $got -gt 1 || ! $digest =~ ^[0-9a-f]{16}$ || $digest == 0000000000000000 ]]; then
        echo "no digest of explore --core $core --seed $seed $*: it exits $got" >&2
        cat "$scratch/errors" >&2
        digest="none of $*"
    fi
    echo "$digest"
}

for core in repaired linux-2.6.17; do
    first=$(digest_of "$core" 7 --jobs 1)
    again=$(digest_of "$core" 7 --jobs 1)
    jobs=$(digest_of "$core" 7 --jobs 2)
    one=$(digest_of "$core" 7 --shard 1/2)
    two=$(digest_of "$core" 7 --shard 2/2)
    other=$(digest_of "$core" 8)
    fine=$(digest_of "$core" 7 --points fine)
    printf '%s: %s\n    again %s, with two jobs %s, shards %s and %s\n    with seed 8 %s, with fine points %s\n' \
        "$core" "$first" "$again" "$jobs" "$one" "$two" "$other" "$fine"
    [[ $first == "$again" ]] || { echo "    the second time is different"; status=1; }
    [[ $first == "$jobs" ]] || { echo "    two jobs make a difference"; status=1; }
    [[ "$one$two" == *none* || $first == "$(printf '%016x' $((0x$one + 0x$two)))" ]] ||
        { echo "    the shards do not add up"; status=1; }
    [[ $first != "$other" && $first != "$fine" && $one != "$two" ]] || { echo "    the digest is blind"; status=1; }
    [[ "$first$again$jobs$one$two$other$fine" != *none* ]] || status=1
done
exit "$status"
