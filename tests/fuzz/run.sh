#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh FUZZER SECONDS  runs one fuzzer on copies of its seeds in
# tests/fuzz/seeds/NAME/ and prints one line.  An input that makes it fail is kept in
# build/fuzz/ and named, with the command that runs it again.
set -eu
fuzzer=$1
seconds=$2
name=$(basename "$fuzzer")
name=${name#fuzz_}
seeds=tests/fuzz/seeds/$name
if [ -z "$(ls -A "$seeds" 2>/dev/null)" ]; then
    echo "$seeds: no seeds: put at least one small valid input there" >&2
    exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
mkdir "$work/corpus" "$work/found"

# A bug must show as what it is, so: bounded memory, and a slow input is a finding.
status=0
ASAN_OPTIONS=detect_stack_use_after_return=1 \
    "$fuzzer" -max_total_time="$seconds" -rss_limit_mb=1024 -malloc_limit_mb=512 \
    -timeout=10 -max_len=65536 -print_final_stats=1 \
    -artifact_prefix="$work/found/" "$work/corpus" "$seeds" >"$work/log" 2>&1 ||
    status=$?
runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log")

if [ "$status" -eq 0 ]; then
    printf '  FUZZ    %-24s %9s inputs in %s s\n' "$name" "${runs:-0}" "$seconds"
    exit 0
fi
grep -v '^#[0-9]' "$work/log" | tail -n 60 >&2
for found in "$work"/found/*; do
    [ -e "$found" ] || continue
    kept=$(dirname "$fuzzer")/$name-$(basename "$found")
    cp "$found" "$kept"
    echo "$name: this input makes it fail: $kept" >&2
    echo "$name: again: $fuzzer $kept" >&2
done
exit 1
