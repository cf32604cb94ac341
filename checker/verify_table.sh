#!/usr/bin/env bash
# A table for the README: how far a search of all states comes, and what it finds. Each scenario with its presets, up to three million
# states, both cores at once; then mix with one requester and with two, and everything that disturbs them, without that bound.
# Took 12 minutes on two processors; lines of progress go to standard error.
#   checker/verify_table.sh [OPTION OF VERIFY...]
set -u
cd "$(dirname "$0")/.." || exit 70
scratch=$(mktemp -d) || exit 70
trap 'rm -rf "$scratch"' EXIT
disturbed=split=1,aborters=1,killers=1,faults=1
status=0

# Into a file. Exit status 4, stopped by a bound, is what the table is to show.
table() {
    local into=$1 got=0
    shift
    ./interfuse verify "$@" --format table >"$scratch/$into" || got=$?
    [[ $got == 0 || $got == 4 ]]
}

# What is missing is built by the first call alone.
table none one-request --core repaired "$@" && table none one-request --core linux-2.6.17 "$@" || status=1
table linux --core linux-2.6.17 --max-states 3000000 "$@" &
table repaired --core repaired --max-states 3000000 "$@" || status=1
wait $! || status=1
for core in repaired linux-2.6.17; do
    table "$core-disturbed" "mix:$disturbed" "mix:requesters=2,$disturbed" --core "$core" --jobs 2 "$@" || status=1
done

cat "$scratch/repaired"
for more in repaired-disturbed linux linux-2.6.17-disturbed; do
    tail -n +3 "$scratch/$more"
done
exit "$status"
