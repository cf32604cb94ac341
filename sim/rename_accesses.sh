#!/bin/sh
# Runs a compiler command and gives the calls of its instrumentation other names than those in the core's units have:
# rename_accesses.sh OBJCOPY COMPILER ARGUMENTS... -o OBJECT ...
objcopy=$1
shift
"$@" || exit
previous=
for argument in "$@"; do
    if [ "$previous" = -o ]; then object=$argument; fi
    previous=$argument
done
exec "$objcopy" --redefine-syms="${0%/*}/fake_accesses.symbols" "$object"
