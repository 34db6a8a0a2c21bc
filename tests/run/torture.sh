#!/bin/sh
# SPDX-License-Identifier: MIT
# The torture, short: in the pool with the bad plugins in classes of their own, then in
# the class of the good ones, each with a reload.  And its ledger can tell: without a
# pool a bad plugin that reads files is a hole, one that speaks as another is wrong, and
# one that hurts nobody is neither.
set -eu
torture=${ASSAY_BUILD:-build}/torture
dir=$(mktemp -d "${TMPDIR:-/tmp}/assay-torture.XXXXXX")
trap 'rm -rf "$dir"' EXIT
fail() {
    echo "torture.sh: $*" >&2
    cat "$dir/out" "$dir/err" >&2
    exit 1
}
in_process() { # NAME: sets status
    status=0
    "$torture" --in-process --only "$1" tests/mail >"$dir/out" 2>"$dir/err" || status=$?
    tail -n 1 "$dir/out" | grep -q 'lost=0 .* leaked_processes=0 leaked_fds=0 reloads=0$' ||
        fail "$1: no ledger at the end"
}
# The ledger counts alike in a sanitized build, where each of these takes seconds.
if [ "${torture%/san/torture}" = "$torture" ]; then
    in_process self_test_dies
    [ $status -eq 0 ] || fail "self_test_dies: status $status, not 0"
    in_process opens_files
    [ $status -eq 1 ] || fail "opens_files: status $status, not 1"
    grep -q 'opens_files got through: /etc/passwd opened' "$dir/err" || fail 'opens_files: not told'
    in_process pending_forever
    [ $status -eq 0 ] || fail "pending_forever: status $status, not 0"
fi

# in_pool WHAT ARGS...: a run in the pool, with a reload in it.
in_pool() {
    what=$1
    shift
    "$torture" "$@" tests/mail >"$dir/out" 2>"$dir/err" || fail "$what"
    tail -n 1 "$dir/out" | grep -q ' reloads=[1-9][0-9]*$' || fail "$what: nothing was reloaded"
}
in_pool 'in classes of their own' --seconds 6
in_pool together --seconds 3 --together
