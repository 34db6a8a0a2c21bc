#!/bin/sh
# SPDX-License-Identifier: MIT
# The layout of the ABI is as sdk/abi/layout.txt says: every structure, field, function
# signature and number.  A change that is meant: `sh tests/run/abi_layout.sh --update`,
# and a line in sdk/CHANGES.md.
set -eu
dir=$(mktemp -d "${TMPDIR:-/tmp}/assay-abi.XXXXXX")
trap 'rm -rf "$dir"' EXIT

layout() { # HEADER_DIR: prints its layout
    gcc -w -fpreprocessed -dD -E -P "$1/assay/plugin.h" | awk -f sdk/abi/layout.awk >"$dir/layout.c"
    gcc -std=gnu17 -I "$1" -o "$dir/layout" "$dir/layout.c"
    "$dir/layout"
}

if [ "${1:-}" = --update ]; then
    layout sdk/include >"$dir/new"
    cp "$dir/new" sdk/abi/layout.txt
    exit 0
fi
layout sdk/include >"$dir/now"
if ! diff -u sdk/abi/layout.txt "$dir/now"; then
    echo 'sdk/abi/layout.txt: the ABI has changed.  If that is meant:' \
        'sh tests/run/abi_layout.sh --update, and say so in sdk/CHANGES.md' >&2
    exit 1
fi

# The check sees what it must: a field moved, a signature changed, a number changed.
changed() { # WHAT SED_EXPRESSION
    mkdir -p "$dir/include/assay"
    sed "$2" sdk/include/assay/plugin.h >"$dir/include/assay/plugin.h"
    if cmp -s sdk/include/assay/plugin.h "$dir/include/assay/plugin.h"; then
        echo "abi_layout.sh: the trial \"$1\" changes nothing: mend it" >&2
        exit 1
    fi
    if layout "$dir/include" 2>/dev/null | cmp -s sdk/abi/layout.txt -; then
        echo "abi_layout.sh: does not see $1" >&2
        exit 1
    fi
}
changed 'a number that changed' 's/ASSAY_STATUS_FOUND = 3/ASSAY_STATUS_FOUND = 5/'
changed 'a flag that changed' 's/ASSAY_FLAG_NETWORK *((uint64_t)1 << 2)/ASSAY_FLAG_NETWORK ((uint64_t)1 << 20)/'
changed 'a type that changed' 's/uint32_t delay_ms;/int32_t delay_ms; /'
changed 'a signature that changed' 's/uint64_t (\*remaining_ns)/uint32_t (*remaining_ns)/'
