#!/bin/sh
# SPDX-License-Identifier: MIT
# A scan in contained workers can be watched and reloaded while it runs, and loses
# nothing by it.
set -eu
cd "$(dirname "$0")/../.."
assay=${ASSAY_BUILD:-build}/assay
dir=$(mktemp -d)
pid=
trap 'test -z "$pid" || kill "$pid" 2>/dev/null || true; rm -rf "$dir"' EXIT

fail() {
    echo "status: $*" >&2
    exit 1
}

# Enough to be busy with while it is reloaded twice.
for i in $(seq 12); do
    ls "$PWD"/tests/mail/*.eml
done >"$dir/list"
total=$(wc -l <"$dir/list")

"$assay" scan --isolate --jobs 2 --json --control "$dir/control" --files-from "$dir/list" \
    >"$dir/out" 2>"$dir/err" &
pid=$!
for i in $(seq 100); do
    test -S "$dir/control" && test -s "$dir/out" && break
    sleep 0.1
done
test -S "$dir/control" || fail "nobody listens at the control socket"

"$assay" status --socket "$dir/control" --json >"$dir/status" || fail "no status"
jq -e '.generation.number == 1 and (.classes | length) == 1 and .classes[0].name == "main"
    and (.plugins | map(.name) | index("attachment")) != null' "$dir/status" >/dev/null ||
    fail "the status says something else: $(cat "$dir/status")"
"$assay" reload --socket "$dir/control" >"$dir/reload" || fail "not reloaded: $(cat "$dir/reload" "$dir/err")"
"$assay" status --socket "$dir/control" --json |
    jq -e '.generation.number == 2 and .generation.reloads == 1' >/dev/null || fail "generation 2 is not in use"
kill -HUP $pid
for i in $(seq 100); do
    "$assay" status --socket "$dir/control" --json >"$dir/status" 2>/dev/null || break
    jq -e '.generation.number == 3' "$dir/status" >/dev/null && break
    sleep 0.1
done
jq -e '.generation.number == 3' "$dir/status" >/dev/null || fail "SIGHUP did not reload"

wait $pid || test $? -le 2 || fail "the scan failed: $(cat "$dir/err")"
pid=
test "$(wc -l <"$dir/out")" -eq "$total" || fail "$(wc -l <"$dir/out") of $total messages were answered"
jq -r .file "$dir/out" | cmp -s - "$dir/list" || fail "the answers are not in the input's order"
jq -e -s 'all(.[].findings[]; .kind != "failed")' "$dir/out" >/dev/null || fail "a plugin failed over a reload"
test ! -e "$dir/control" || fail "the control socket is left behind"
echo "status: $total messages over two reloads, none lost"
