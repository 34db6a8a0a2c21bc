#!/bin/sh
# SPDX-License-Identifier: MIT
# The sample mails with all plugins under valgrind: no invalid access, no use of
# uninitialised memory, nothing definitely lost.  Sanitizer builds cannot run under
# valgrind; they are checked by their own run of the samples.
set -eu
build=${ASSAY_BUILD:-build}
case $build in
*san*)
    echo "    skipped: sanitizer build"
    exit 0
    ;;
esac
out=$(mktemp)
trap 'rm -f "$out"' EXIT
rc=0
valgrind --quiet --suppressions=tests/run/valgrind.supp \
    --leak-check=full --errors-for-leak-kinds=definite \
    --error-exitcode=99 "$build/assay" scan --json --jobs 0 tests/mail >"$out" || rc=$?
# 0, 1 and 2 are assay's own answers; 99 is valgrind's.
[ "$rc" -le 2 ] || {
    echo "    valgrind: exit $rc" >&2
    exit 1
}
[ -s "$out" ] || {
    echo "    no mail was scanned" >&2
    exit 1
}
printf '    %s mails under valgrind without an error\n' "$(wc -l <"$out")"
