#!/usr/bin/env bash
# After a change of core/ or of core/fixes/: applies each patch of core/mutants/ and core/probes/ to the repaired core as it
# is now, and writes it anew where lines have moved, so that it applies without fuzz. What does not apply is named, left
# alone, and makes the exit status 1. Other folders may be given as arguments.
set -u
cd "$(dirname "$0")/../.." || exit 70
scratch=$(mktemp -d) || exit 70
trap 'rm -rf "$scratch"' EXIT
status=0

mkdir -p "$scratch/a/core"
cp core/*.cpp core/*.hpp "$scratch/a/core"
for fix in core/fixes/*.patch; do
    if ! patch -d "$scratch/a" -p1 --fuzz=0 --no-backup-if-mismatch --force --silent --reject-file=- <"$fix"; then
        echo "$fix does not apply: mend it first"
        exit 1
    fi
done

# The header, then the difference; times of files would change with each call.
write_anew() {
    sed '/^--- /,$d' "$1"
    (cd "$scratch" && diff -ru a/core b/core) | sed -E '/^diff /d; s/^(---|\+\+\+) ([^\t]+)\t.*/\1 \2/'
}

[[ $# -gt 0 ]] || set -- core/mutants core/probes
for folder in "$@"; do
    for file in "$folder"/*.patch; do
        [[ -f $file ]] || continue
        rm -rf "$scratch/b"
        cp -r "$scratch/a" "$scratch/b"
        if ! patch -d "$scratch/b" -p1 --no-backup-if-mismatch --force --reject-file=- <"$file" >"$scratch/said" 2>&1; then
            echo "$file does not apply:"
            sed 's/^/    /' "$scratch/said"
            status=1
            continue
        fi
        grep -q 'with fuzz' "$scratch/said" && echo "$file: its surroundings have changed; is it still the same bug?"
        write_anew "$file" >"$scratch/new"
        if ! cmp -s "$scratch/new" "$file"; then
            echo "$file: written anew"
            cat "$scratch/new" >"$file"
        fi
    done
done
exit "$status"
