#!/bin/sh
# SPDX-License-Identifier: MIT
# options.sh ASSAY PAGE: prints the manual page with its list of options as the
# program itself tells it.  `make docs` puts it in place, tests/lint/docs.sh compares.
set -eu
list=$(mktemp)
trap 'rm -f "$list"' EXIT
"$1" conf docs --man --config "$(dirname "$0")/../../../plugins.conf" >"$list"
awk -v list="$list" '
    /^\.\\" end of options/ { inside = 0 }
    !inside { print }
    /^\.\\" options: written by make docs/ {
        inside = 1
        while ((getline line < list) > 0) print line
    }' "$2"
