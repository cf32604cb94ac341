#!/usr/bin/env bash
# Patches apply to the repaired core line by line; those that have drifted are written anew, and one that does not apply
# stops the configuring with its name, also when it comes from outside.
set -u
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
status=0
complain() {
    printf '%s\n' "$*"
    status=1
}

cp -r core/mutants "$scratch/mutants"
cp core/probes/*.patch "$scratch/mutants" 2>/dev/null
said=$(core/mutants/rebase.sh "$scratch/mutants") || complain "rebase.sh exits $?"
[[ -z $said ]] || complain "patches have drifted, core/mutants/rebase.sh writes them anew: $said"

# Three lines off, and surroundings that are not there.
mkdir "$scratch/drifted" "$scratch/broken"
patch=core/mutants/abort_wakes_one_reader.patch
awk '/^@@/ { split($2, from, /[-,]/); sub(/^@@ .* @@/, "@@ -" from[2] - 3 "," from[3] " +" from[2] - 3 "," from[3] " @@") } 1' \
    "$patch" >"$scratch/drifted/late.patch"
cmp -s "$patch" "$scratch/drifted/late.patch" && complain 'the patch was not moved'
said=$(core/mutants/rebase.sh "$scratch/drifted") || complain "rebase.sh exits $? for a patch that has drifted"
[[ $said == "$scratch/drifted/late.patch: written anew" ]] || complain "of a patch that has drifted rebase.sh says: $said"
cmp "$patch" "$scratch/drifted/late.patch" || complain 'a patch that has drifted is not as it was'
sed 's/end_io_requests(fc)/end_no_requests(fc)/; s/wake_up_all(/wake_up_some(/' "$patch" >"$scratch/broken/mistaken.patch"
got=0
said=$(core/mutants/rebase.sh "$scratch/broken") || got=$?
[[ $got == 1 && $said == "$scratch/broken/mistaken.patch does not apply:"* ]] ||
    complain "of a patch that does not apply rebase.sh says, with status $got: $said"

# configure FOLDER: with patches from outside.
configure() {
    cmake -S . -B "$scratch/build" -G Ninja -DCMAKE_CXX_COMPILER="${CXX:-g++}" -DINTERFUSE_MUTANTS="$1" \
        >"$scratch/said" 2>&1
}
got=0
configure "$scratch/broken" || got=$?
[[ $got != 0 ]] || complain 'a patch from outside that does not apply does not stop the configuring'
tr -d '\n' <"$scratch/said" | grep -q "$scratch/broken/mistaken\.patch does not apply" ||
    complain "it is not named: $(tail -n 20 "$scratch/said")"
[[ ! -f $scratch/build/build.ninja ]] || complain 'there is something to build all the same'
got=0
configure "$scratch/nowhere" || got=$?
[[ $got != 0 ]] || complain 'a folder that is not there does not stop the configuring'
grep -q "$scratch/nowhere is no folder" "$scratch/said" || complain "it is not named: $(tail -n 20 "$scratch/said")"

# The twin.
configure "$scratch/drifted" || complain "a patch from outside makes the configuring fail: $(tail -n 20 "$scratch/said")"
grep -q '"name": "late", "kind": "mutant"' "$scratch/build/bin/cores.json" || complain 'it makes no core'
exit "$status"
