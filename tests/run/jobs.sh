#!/bin/sh
# SPDX-License-Identifier: MIT
# Workers that die, hang or go mad cost one answer, never the run.
set -eu
assay=$ASSAY_BUILD/assay
tmp=$(mktemp -d)
#trap 'rm -rf "$tmp"' EXIT

fail() {
    echo "jobs.sh: $*" >&2
    exit 1
}

cat >"$tmp/plugins.conf" <<CONF
[limits]
max_time_ms = 1 s
[plugin word]
file = $PWD/$ASSAY_BUILD/bad/crash_on_word.so
[plugin other]
file = $PWD/$ASSAY_BUILD/bad/crash_on_word.so
CONF
mkdir "$tmp/mail"
i=0
while [ $i -lt 200 ]; do
    case $i in
    0 | 17 | 18 | 19 | 120) word=SEGV ;;
    60 | 199) word=EXIT ;;
    90) word=WRITE ;;
    31 | 130) word=FOUND ;;
    *) word=NOTHING ;;
    esac
    printf 'Subject: %d\n\nASSAY-TEST-%s\n' $i $word >"$tmp/mail/$(printf %03d $i)"
    i=$((i + 1))
done

for jobs in 1 3; do
    got=0
    "$assay" scan --config "$tmp/plugins.conf" --json --jobs $jobs "$tmp/mail" \
        >"$tmp/out" 2>"$tmp/err" || got=$?
    [ $got -eq 2 ] || fail "--jobs $jobs: exit status $got instead of 2"
    jq -r '.file | split("/") | last' "$tmp/out" >"$tmp/files"
    ls "$tmp/mail" | cmp -s - "$tmp/files" || fail "--jobs $jobs: not every message once, in order"
    # Each death is blamed on the plugin that died, and both are asked.
    jq -r 'select(.kind == "failed") | [(.file | split("/") | last),
        (.findings | map(select(.name == "crash") | .plugin) | sort | join(" "))] | @tsv' \
        "$tmp/out" >"$tmp/failed"
    printf '%s\tother word\n' 000 017 018 019 060 120 199 >"$tmp/expected"
    grep -v '^090' "$tmp/failed" | cmp -s - "$tmp/expected" ||
        fail "--jobs $jobs: blamed wrongly: $(cat "$tmp/failed")"
    [ "$(jq -r 'select(.kind == "malware") | .file | split("/") | last' "$tmp/out" | tr '\n' ' ')" = \
        "031 130 " ] || fail "--jobs $jobs: findings beside the deaths are lost"
    grep -q 'ended by SIGSEGV while it looked at 1' "$tmp/out" || fail "the signal is not told"
    [ "$(jq -r 'select(.kind == "clean") | .file' "$tmp/out" | wc -l)" -ge 190 ] ||
        fail "--jobs $jobs: clean messages suffer"
done

# Where no worker lives long enough to scan, every message is answered for all the same.
got=0
timeout 60 "$assay" scan --plugin "$PWD/$ASSAY_BUILD/bad/start_dies.so" --json --jobs 2 "$tmp/mail" \
    >"$tmp/out" 2>"$tmp/err" || got=$?
[ $got -eq 2 ] || fail "workers that die at their start: exit status $got"
jq -r '.file | split("/") | last' "$tmp/out" >"$tmp/files"
ls "$tmp/mail" | cmp -s - "$tmp/files" || fail "workers that die at their start: not every message once"
jq -es 'all(.kind == "failed" and .action == "defer" and .objects == 0)' "$tmp/out" >/dev/null ||
    fail "workers that die at their start: $(head -n 1 "$tmp/out")"

# A plugin that never comes back is ended when its time is long up.
mkdir "$tmp/hang"
printf 'Subject: 1\n\nASSAY-TEST-HANG\n' >"$tmp/hang/1"
printf 'Subject: 2\n\nhello\n' >"$tmp/hang/2"
sed -i '/plugin other/,$d' "$tmp/plugins.conf"
got=0
timeout 60 "$assay" scan --config "$tmp/plugins.conf" --json --jobs 1 "$tmp/hang" >"$tmp/out" || got=$?
[ $got -eq 2 ] || fail "a hanging plugin: exit status $got"
[ "$(jq -r '.findings[0].name // .kind' "$tmp/out" | tr '\n' ' ')" = "timeout clean " ] ||
    fail "a hanging plugin: $(cat "$tmp/out")"

# ^C: workers end, the summary is shown, the status is the signal's.
"$assay" scan --config "$tmp/plugins.conf" --jobs 2 "$tmp/hang/1" "$tmp/hang/1" "$tmp/hang/2" \
    >"$tmp/out" 2>&1 &
pid=$!
sleep 1
workers=$(cat "/proc/$pid/task/$pid/children")
[ -n "$workers" ] || fail "no workers to see"
# Not INT: a shell makes background jobs ignore it.
kill -TERM $pid
got=0
wait $pid 2>/dev/null || got=$?
[ $got -eq 143 ] || fail "SIGTERM: exit status $got instead of 143"
grep -q '^Stopped: ' "$tmp/out" || fail "SIGTERM: no summary: $(cat "$tmp/out")"
for worker in $workers; do
    [ ! -e "/proc/$worker" ] || fail "a worker outlives its parent"
done
exit 0
