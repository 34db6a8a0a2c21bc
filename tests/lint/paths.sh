#!/bin/sh
# SPDX-License-Identifier: MIT
# No path of the machine it was written on: what is tracked must hold anywhere.  Mail
# and signatures are data and may say what they like.
set -eu
if ! files=$(git ls-files 2>/dev/null) || [ -z "$files" ]; then
    files=$(find . \( -path ./build -o -path ./.git -o -name node_modules \) -prune -o -type f -print)
fi
paths='/(work|home|root|Users)/[A-Za-z0-9._-]'
found=$(printf '%s\n' "$files" | grep -vE '^(\./)?(tests/mail|sigs)/|tests/lint/paths\.sh$' |
    tr '\n' '\0' | xargs -0 grep -nIE "(^|[^A-Za-z0-9_.~-])$paths" /dev/null || true)
[ -z "$found" ] && exit 0
printf '%s\n' "$found" |
    sed 's/$/   <- a path of this machine: make it relative, or take it from a variable/'
exit 1
