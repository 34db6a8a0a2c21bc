#!/bin/sh
# SPDX-License-Identifier: MIT
# Every source names its licence on its first line (a script: its second), and it is
# the one of its folder; a plugin tells the same one to the host.
set -eu

licence_of() { # FOLDER
    case $1 in
    plugins/clamav/) echo GPL-2.0-only ;; # libclamav is
    *) echo MIT ;;
    esac
}

check() { # LICENCE FILE...
    want=$1
    shift
    awk -v want="$want" '
    FNR == 1 { got[FILENAME] = "" }
    FNR > 2 { next }
    match($0, /SPDX-License-Identifier: *[A-Za-z0-9.-]+/) && got[FILENAME] == "" {
        got[FILENAME] = substr($0, RSTART, RLENGTH)
        sub(/.*: */, "", got[FILENAME])
    }
    END {
        for (file in got)
            if (got[file] != want) {
                print file ":1: licence is \"" got[file] "\": the first line says " \
                    "SPDX-License-Identifier: " want
                found = 1
            }
        exit found
    }' "$@" || status=1
}

sources() { # FOLDER...
    find "$@" \( -name '*.[ch]' -o -name '*.cpp' -o -name '*.sh' -o -name '*.awk' \
        -o -name '*.mk' -o -name '*.py' \) | sort
}

status=0
# shellcheck disable=SC2046  # one word a file
check MIT Makefile sdk/plugin.map .ci/run $(sources core sdk tests .ci)
for folder in plugins/*/; do
    # shellcheck disable=SC2046
    check "$(licence_of "$folder")" $(sources "$folder")
done

for folder in plugins/*/; do
    want=$(licence_of "$folder")
    told=$(grep -n '\.licence *= *"' "$folder"*.c /dev/null || true)
    if ! printf '%s\n' "$told" | grep -qF "\"$want\""; then
        echo "${folder%/}: its descriptor says .licence ${told:-nothing}: it is \"$want\""
        status=1
    fi
done
exit $status
