#!/usr/bin/env bash
# The compiler tells us what the cores touch only if every function of theirs is instrumented. An inline function
# that is compiled both ways is merged by the linker and may lose its instrumentation without a word.
set -u
build=${INTERFUSE_BIN%/bin}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
status=0

instrumented=("$build"/checker/CMakeFiles/unit-*-core.*.dir/)
[[ -d ${instrumented[0]} ]] || { echo "no unit of a core was built"; exit 1; }

find "${instrumented[@]}" -name '*.o' >"$scratch/instrumented"
find "$build/sim" "$build/checker" -name '*.o' | grep -vFf "$scratch/instrumented" >"$scratch/plain"

# W are inline functions and templates; V and u are data, which instrumentation does not touch.
weak_functions() { xargs nm --demangle --defined-only <"$1" 2>/dev/null | sed -n 's/^[0-9a-f]* W //p' | sort -u; }
weak_functions "$scratch/instrumented" >"$scratch/a"
weak_functions "$scratch/plain" >"$scratch/b"
both=$(comm -12 "$scratch/a" "$scratch/b")
if [[ -n $both ]]; then
    printf 'compiled with and without instrumentation:\n%s\n' "$both"
    status=1
fi

while read -r object; do
    if nm --defined-only "$object" | grep -q ' [TtW] ' && ! nm "$object" | grep -q 'U __tsan_'; then
        echo "not instrumented: $object"
        status=1
    fi
done <"$scratch/instrumented"

for executable in "$INTERFUSE_BIN"/interfuse-*; do
    if nm "$executable" | grep -q __tsan_go_start; then
        echo "linked with the compiler's own runtime: $executable"
        status=1
    fi
    if readelf -h "$executable" | grep -q 'DYN '; then
        echo "position independent: $executable"
        status=1
    fi
done
exit "$status"
