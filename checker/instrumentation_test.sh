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
    # What the compiler makes of the copy of a struct must come to the watchers too.
    if nm --undefined-only --format=posix "$object" | grep -qE '^mem(cpy|move|set) '; then
        echo "copies memory unseen: $object"
        status=1
    fi
done <"$scratch/instrumented"

# Functions of headers have internal linkage, so that each unit has its own; every one that
# touches memory announces its calls. What the compiler adds does not: static initialisers, the conversion of a lambda to a pointer, the parts it splits off.
announced() {
    objdump -dr --demangle --no-show-raw-insn "$1" | awk '
        /^[0-9a-f]+ <.*>:$/ { name = $0; sub(/^[0-9a-f]+ </, "", name); sub(/>:$/, "", name); seen[name] += 0 }
        /__tsan_func_entry/ { seen[name] = 1 }
        /\(%r[^si]/ && !/lea|nop/ { touches[name] = 1 }
        END { for (name in seen) print seen[name] || !touches[name], name }'
}
checked=0
while read -r object; do
    [[ $object == *unit-repaired-* ]] || continue
    announced "$object" >"$scratch/functions"
    checked=$((checked + $(grep -c ' kernel::.*list_' "$scratch/functions")))
    silent=$(sed -n 's/^0 //p' "$scratch/functions" |
        grep -vE '\.cold\]?$|^_GLOBAL__sub_I|^_sub_I_|__static_initialization|::operator [a-z ]+ \(\*\)\(')
    if [[ -n $silent ]]; then
        printf 'not instrumented in %s:\n%s\n' "$object" "$silent"
        status=1
    fi
done <"$scratch/instrumented"
# The lists are the header functions that every core uses.
[[ $checked -gt 10 ]] || { echo "only $checked functions of lists were looked at"; status=1; }

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
