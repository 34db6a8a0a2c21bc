#!/bin/sh
# SPDX-License-Identifier: MIT
# Every source names its licence on its first line (a script: its second), and it is
# the one of its folder; a plugin tells the same one to the host.
set -eu

licence_of() {
    case $1 in
    plugins/clamav/*) echo GPL-2.0-only ;;      # libclamav is
    plugins/tnef/*) echo GPL-2.0-or-later ;;    # libytnef is
    *) echo MIT ;;
    esac
}

status=0
for file in Makefile sdk/plugin.map $(find core plugins sdk tests .ci \( -name '*.[ch]' \
    -o -name '*.cpp' -o -name '*.sh' -o -name '*.awk' -o -name '*.mk' -o -name '*.py' \) |
    sort) .ci/run; do
    want=$(licence_of "$file")
    got=$(sed -n '1,2s/^.*SPDX-License-Identifier: *\([A-Za-z0-9.-]*\).*$/\1/p' "$file" |
        head -n 1)
    if [ "$got" != "$want" ]; then
        echo "$file:1: licence is \"$got\": the first line is SPDX-License-Identifier: $want"
        status=1
    fi
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
