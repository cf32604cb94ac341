#!/bin/sh
# Runs a compiler command and gives the calls that copy a struct, which clang makes of its instrumented code, to the watchers:
# rename_copies.sh OBJCOPY COMPILER ARGUMENTS... -o OBJECT ...
objcopy=$1
shift
"$@" || exit
previous=
for argument in "$@"; do
    if [ "$previous" = -o ]; then object=$argument; fi
    previous=$argument
done
exec "$objcopy" --redefine-sym memcpy=__tsan_memcpy --redefine-sym memmove=__tsan_memmove \
    --redefine-sym memset=__tsan_memset "$object"
