#!/bin/sh
# SPDX-License-Identifier: MIT
# A structure in a header says what it is, who owns it, and what zero or NULL means: the
# line above it ends a comment.
set -eu
find core plugins sdk tests -name '*.h' | sort | xargs awk '
FNR == 1 { before = "" }
/^(static +)?(const +)?(struct|union) +[a-z_0-9]+ *\{/ && before !~ /\*\/[ \t]*$/ {
    name = $2
    print FILENAME ":" FNR ": struct " name ": a comment above it says what it is, " \
        "who owns it and what zero or NULL means"
    found = 1
}
{ before = $0 }
END { exit found }
'
