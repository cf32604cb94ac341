#!/usr/bin/env bash
# Each finding in traces/ recurs step by step on the faithful core, and is named in core/PORT.md.
set -u
status=0
for trace in traces/*.json; do
    case $trace in *.schema.json) continue ;; esac
    "$INTERFUSE_BIN/interfuse-linux-2.6.17" replay --quiet "$trace" >/dev/null 2>&1
    found=$?
    name=$(basename "$trace" .json)
    if [ $found -ne 1 ]; then
        echo "$trace: replay exits $found, expected 1: the violation recurs"
        status=1
    fi
    if ! grep -q "\`$name\`" core/PORT.md; then
        echo "$trace: core/PORT.md does not name it"
        status=1
    fi
done
exit $status
