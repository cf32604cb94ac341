#!/usr/bin/env bash
# Each public bug has a trace in traces/mutants/, which replays step by step, by a checker that its patch names.
set -u
status=0
complain() {
    printf '%s\n' "$*"
    status=1
}

for patch in core/mutants/*.patch; do
    name=$(basename "$patch" .patch)
    trace=traces/mutants/$name.json
    [[ -f $trace ]] || { complain "$name has no trace"; continue; }
    got=0
    said=$("$INTERFUSE_BIN/interfuse-repaired" replay "$trace" 2>&1) || got=$?
    [[ $got == 1 ]] || complain "$trace: replay exits $got, not 1: $(head -n 4 <<<"$said")"
    grep -q ': all equal, in task, enabled tasks, events and hashes$' <<<"$said" ||
        complain "$trace: a step differs: $(head -n 4 <<<"$said")"
    grep -q "\"core\": *\"$name\"" "$trace" || complain "$trace is of another core"
    found=$(grep -oE '"invariant": *"[^"]*"' "$trace" | head -n 1 | sed -E 's/.*"([^"]*)"$/\1/')
    sed -n 's/^Found by: //p' "$patch" | tr ',' '\n' | sed 's/^ *//' | grep -qxF "$found" ||
        complain "$trace: \"$found\" has found it, which $patch does not name"
done
for trace in traces/mutants/*.json; do
    [[ -f core/mutants/$(basename "$trace" .json).patch ]] || complain "$trace is of no mutant"
done
[[ $status == 0 ]] || echo 'when events have changed: ./interfuse mutants --seeds 12 --out traces/mutants'
exit "$status"
