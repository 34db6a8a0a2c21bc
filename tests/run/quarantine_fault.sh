#!/bin/sh
# SPDX-License-Identifier: MIT
# Every system call on the way into the quarantine fails, or is the last: nothing that was
# told to be held is lost, and the rest can be mended.  In memory where there is room: what
# a disk would lose is modelled (tests/fault/shim.h), not tried.
set -eu
cd "$(dirname "$0")/../.."
build=${ASSAY_BUILD:-build}
if [ ! -x "$build/fault_quarantine" ] && [ "${build%/san}" != "$build" ]; then
    echo "fault: not with sanitizers, which have system calls of their own"
    exit 0
fi
if [ -d /dev/shm ] && [ -w /dev/shm ]; then
    TMPDIR=/dev/shm
    export TMPDIR
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
(
    umask 077
    printf '%064d\n' 7 >"$dir/key"
)
"$build/fault_quarantine" "$dir/key" >"$dir/out" || {
    tail -n 20 "$dir/out" >&2
    exit 1
}
tail -n 1 "$dir/out"
