#!/bin/sh
# SPDX-License-Identifier: MIT
# A structure in a header says what it is, who owns it, and what zero or NULL means: the
# line above it ends a comment.  A field stands on one line with its type: the formatter
# tears them apart to make room for a comment that belongs above.
set -eu
find core plugins sdk tests -name '*.h' | sort | xargs awk '
FNR == 1 { before = "" }
/^(static +)?(const +)?(struct|union) +[a-z_0-9]+ *\{/ && before !~ /\*\/[ \t]*$/ {
    name = $2
    print FILENAME ":" FNR ": struct " name ": a comment above it says what it is, " \
        "who owns it and what zero or NULL means"
    found = 1
}
before ~ /^ +(const |struct |unsigned |enum )*[A-Za-z_0-9]+$/ && /^ +\*?[a-z_0-9]+(\[[A-Za-z_0-9]*\])?;/ {
    print FILENAME ":" FNR ": " $1 " is torn from its type: put its comment above"
    found = 1
}
{ before = $0 }
END { exit found }
'
