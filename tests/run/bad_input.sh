#!/bin/sh
# SPDX-License-Identifier: MIT
# Input that hurts: always an answer, in bounded time and memory, never "clean" where
# something was not looked at.  All of it by core alone and with every plugin, with the
# limits as shipped.
set -eu
assay=$ASSAY_BUILD/assay
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
plugins=

fail() {
    echo "bad_input.sh: plugins: $plugins: $*" >&2
    exit 1
}

# Sanitizers reserve terabytes of address space: no bound on it there.
case $ASSAY_BUILD in
*san*) memory=unlimited seconds=120 ;;
*) memory=1000000 seconds=20 ;;
esac

# scan PATH: one line of JSON in $tmp/out, its exit status in $got.
scan() {
    got=0
    (
        ulimit -v $memory
        exec timeout $seconds "$assay" scan --config "$tmp/$plugins/plugins.conf" --json --jobs 1 "$1"
    ) >"$tmp/out" 2>"$tmp/err" || got=$?
}

# answer STATUS JQ-CONDITION PATH: one answer for which that holds.
answer() {
    scan "$3"
    [ "$got" -eq "$1" ] ||
        fail "$3: exit status $got instead of $1: $(head -c 300 "$tmp/out" "$tmp/err")"
    jq -es "length == 1 and (.[0] | $2)" "$tmp/out" >/dev/null ||
        fail "$3: not so: $2 in $(head -c 600 "$tmp/out")"
}

# An answer, whatever it says, and nothing failed.
any_answer() {
    scan "$1"
    [ "$got" -le 1 ] || fail "$1: exit status $got: $(head -c 300 "$tmp/out" "$tmp/err")"
    jq -es 'length == 1 and (.[0] | .objects >= 1 and .bytes > 0 and .kind != "failed")' \
        "$tmp/out" >/dev/null || fail "$1: $(head -c 300 "$tmp/out")"
}

partial() {
    answer 1 ".kind == \"partial\" and (.findings | any(.kind == \"partial\" and .name == \"$1\"))" "$2"
}

unreadable() {
    answer 2 '.kind == "failed" and .findings[0].name == "unreadable" and .objects == 0' "$1"
}

make_configurations() {
    mkdir "$tmp/none" "$tmp/all"
    : >"$tmp/none/plugins.conf"
    # Real signatures, where they are installed, take more memory than is tested here.
    sed -e '/^database *=/d' -e 's,^file = clamav.so,&\ndatabase = sigs/clamav,' plugins.conf \
        >"$tmp/all/plugins.conf"
    ln -s "$PWD/sigs" "$tmp/all/sigs"
}

make_no_messages() {
    : >"$tmp/empty"
    mkfifo "$tmp/fifo"
    mkdir "$tmp/folder"
    truncate -s 2G "$tmp/huge"
    echo x >"$tmp/secret"
    chmod 0 "$tmp/secret"
}

make_nonsense() {
    head -c 300000 /dev/urandom >"$tmp/random"
    head -c 100000 /dev/zero >"$tmp/zeros"
    printf 'Subject: a\0b\r\nContent-Type: text/plain; name="x\0y"\r\n\r\n\0\0\0' >"$tmp/nul"
    printf '\n\nno header at all\n' >"$tmp/headerless"
    printf 'no header, no line end' >"$tmp/one-line"
}

# What hurts a MIME parser that does not bound itself.
make_monsters() {
    awk 'BEGIN { printf "Subject: "; for (i = 0; i < 3000000; i++) printf "x"; print "\n\nbody" }' \
        >"$tmp/long-line"
    awk 'BEGIN {
        print "Content-Type: multipart/mixed; boundary=b\n"
        for (i = 0; i < 100000; i++) print "--b\n\nx"
        print "--b--"
    }' >"$tmp/parts"
    awk 'BEGIN {
        print "Content-Type: multipart/mixed; boundary=b0\n"
        for (i = 0; i < 10000; i++)
            printf "--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n", i, i + 1
    }' >"$tmp/nested"
    awk 'BEGIN { for (i = 0; i < 5000; i++) print "Content-Type: message/rfc822\n" }' >"$tmp/forwarded"
    awk 'BEGIN { for (i = 0; i < 1000000; i++) print "X-A: b"; print "\nbody" }' >"$tmp/headers"
    awk 'BEGIN {
        printf "To: "
        for (i = 0; i < 45000; i++) printf "g:"
        print "a@example.net;\n\nbody"
    }' >"$tmp/groups"
}

answer_all() {
    unreadable "$tmp/nothing-here"
    unreadable "$tmp/empty"
    unreadable - </dev/null
    unreadable "$tmp/fifo"
    unreadable /dev/null
    [ "$(id -u)" -eq 0 ] || unreadable "$tmp/secret"
    answer 2 '.kind == "partial" and .findings[0].name == "size" and .bytes == 0' "$tmp/huge"
    scan "$tmp/folder"
    [ "$got" -eq 0 ] && [ ! -s "$tmp/out" ] || fail "an empty folder: $got, $(cat "$tmp/out")"

    for name in random zeros nul headerless one-line; do
        any_answer "$tmp/$name"
    done
    any_answer - <"$tmp/random"

    partial header_bytes "$tmp/long-line"
    partial parts "$tmp/parts"
    partial mime_depth "$tmp/nested"
    partial mime_depth "$tmp/forwarded"
    partial header_fields "$tmp/headers"
    partial group_nesting "$tmp/groups"
}

make_configurations
make_no_messages
make_nonsense
make_monsters
for plugins in none all; do
    answer_all
done
exit 0
