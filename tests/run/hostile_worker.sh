#!/bin/sh
# SPDX-License-Identifier: MIT
# The front, for a few seconds, against workers that have been taken over; make
# fuzz-worker FUZZ_S=600 does it for as long as you like.
set -eu
build=${ASSAY_BUILD:-build}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Twice, with and without the sanitizers: seconds count.
for program in 'hostile_seat 2' 'hostile_worker 4'; do
    # shellcheck disable=SC2086
    set -- $program
    "$build/$1" "$2" >"$log" 2>&1 || {
        grep -v '^level=' "$log" >&2
        echo "hostile_worker.sh: $1 failed; again: $build/$1 $2 SEED" >&2
        exit 1
    }
    sed -n '$p' "$log"
done
