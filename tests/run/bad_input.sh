#!/bin/sh
# SPDX-License-Identifier: MIT
# Input that hurts: always an answer, in bounded time and memory, never "clean" where
# something was not looked at.
set -eu
assay=$ASSAY_BUILD/assay
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# The plain limits: a site's own plugins.conf must not decide this test.
: >"$tmp/plugins.conf"

fail() {
    echo "bad_input.sh: $*" >&2
    exit 1
}

# Sanitizers reserve terabytes of address space: no bound on it there.
case $ASSAY_BUILD in
*san*) memory=unlimited seconds=120 ;;
*) memory=1000000 seconds=20 ;;
esac

# answer STATUS JQ-CONDITION PATH...: one answer for which that holds.
answer() {
    expected=$1 condition=$2
    shift 2
    got=0
    (
        ulimit -v $memory
        exec timeout $seconds "$assay" scan --config "$tmp/plugins.conf" --json --jobs 1 "$@"
    ) >"$tmp/out" 2>"$tmp/err" || got=$?
    [ "$got" -eq "$expected" ] ||
        fail "$*: exit status $got instead of $expected: $(head -c 300 "$tmp/out")"
    jq -es "length == 1 and (.[0] | $condition)" "$tmp/out" >/dev/null ||
        fail "$*: not so: $condition in $(head -c 600 "$tmp/out")"
    [ ! -s "$tmp/err" ] || fail "$*: says on standard error: $(head -c 300 "$tmp/err")"
}

partial() {
    echo ".kind == \"partial\" and (.findings | any(.kind == \"partial\" and .name == \"$1\"))"
}
unreadable='.kind == "failed" and .findings[0].name == "unreadable" and .objects == 0'

# --- what is no message at all
answer 2 "$unreadable" "$tmp/nothing-here"
: >"$tmp/empty"
answer 2 "$unreadable" "$tmp/empty"
answer 2 "$unreadable" - </dev/null
mkfifo "$tmp/fifo"
answer 2 "$unreadable" "$tmp/fifo"
answer 2 "$unreadable" /dev/null
if [ "$(id -u)" -ne 0 ]; then
    echo x >"$tmp/secret"
    chmod 0 "$tmp/secret"
    answer 2 "$unreadable" "$tmp/secret"
fi
truncate -s 2G "$tmp/huge"
answer 2 '.kind == "partial" and .findings[0].name == "size" and .bytes == 0' "$tmp/huge"
# A folder inside an mbox's place, a folder of nothing: no message, no answer.
mkdir "$tmp/folder"
got=0
"$assay" scan --config "$tmp/plugins.conf" --json "$tmp/folder" >"$tmp/out" || got=$?
[ $got -eq 0 ] && [ ! -s "$tmp/out" ] || fail "an empty folder: $got, $(cat "$tmp/out")"

# --- bytes that are no mail: an answer, whatever it says
any='.objects >= 1 and .bytes > 0 and .kind != "failed"'
status() {
    got=0
    timeout $seconds "$assay" scan --config "$tmp/plugins.conf" --json "$1" >"$tmp/out" || got=$?
    [ $got -le 1 ] || fail "$1: exit status $got: $(head -c 300 "$tmp/out")"
    jq -es "length == 1 and (.[0] | $any)" "$tmp/out" >/dev/null || fail "$1: $(head -c 300 "$tmp/out")"
}
head -c 300000 /dev/urandom >"$tmp/random"
status "$tmp/random"
head -c 100000 /dev/zero >"$tmp/zeros"
status "$tmp/zeros"
printf 'Subject: a\0b\r\nContent-Type: text/plain; name="x\0y"\r\n\r\n\0\0\0' >"$tmp/nul"
status "$tmp/nul"
printf '\n\nno header at all\n' >"$tmp/headerless"
status "$tmp/headerless"
printf 'no header, no line end' >"$tmp/one-line"
status "$tmp/one-line"
awk 'BEGIN { printf "Subject: "; for (i = 0; i < 3000000; i++) printf "x"; print "\n\nbody" }' >"$tmp/long-line"
answer 1 "$(partial header_bytes)" "$tmp/long-line"

# --- what hurts the parser, bounded before it
{
    printf 'Content-Type: multipart/mixed; boundary=b\n\n'
    awk 'BEGIN { for (i = 0; i < 100000; i++) print "--b\n\nx" }'
    printf -- '--b--\n'
} >"$tmp/parts"
answer 1 "$(partial parts)" "$tmp/parts"
awk 'BEGIN {
    printf "Content-Type: multipart/mixed; boundary=b0\n\n"
    for (i = 0; i < 10000; i++)
        printf "--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n", i, i + 1
}' >"$tmp/nested"
answer 1 "$(partial mime_depth)" "$tmp/nested"
{
    awk 'BEGIN { for (i = 0; i < 1000000; i++) print "X-A: b" }'
    printf '\nbody\n'
} >"$tmp/headers"
answer 1 "$(partial header_fields)" "$tmp/headers"
{
    printf 'To: '
    awk 'BEGIN { for (i = 0; i < 45000; i++) printf "g:" }'
    printf 'a@example.net;\n\nbody\n'
} >"$tmp/groups"
answer 1 "$(partial group_nesting)" "$tmp/groups"
awk 'BEGIN {
    for (i = 0; i < 5000; i++) print "Content-Type: message/rfc822\n"
}' >"$tmp/matryoshka"
answer 1 "$(partial mime_depth)" "$tmp/matryoshka"
exit 0
