#!/bin/sh
# SPDX-License-Identifier: MIT
# assay scan: flags, sources, order, JSON, exit status.
set -eu
assay=$ASSAY_BUILD/assay
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
here=$PWD
word=$here/$ASSAY_BUILD/bad/crash_on_word.so

fail() {
    echo "scan.sh: $*" >&2
    exit 1
}

# want STATUS COMMAND...: runs it, output to $tmp/out and $tmp/err.
want() {
    expected=$1
    shift
    got=0
    "$@" >"$tmp/out" 2>"$tmp/err" || got=$?
    [ "$got" -eq "$expected" ] ||
        fail "exit status $got instead of $expected: $* ($(tail -n 3 "$tmp/err"))"
}

# is JQ-CONDITION: holds for the one line of JSON in $tmp/out.
is() {
    jq -es "length == 1 and (.[0] | $1)" "$tmp/out" >/dev/null ||
        fail "not so: $1 in $(cat "$tmp/out")"
}

says() {
    grep -qF -- "$1" "$tmp/$2" || fail "\"$1\" is missing in $2: $(cat "$tmp/$2")"
}

cat >"$tmp/plugins.conf" <<CONF
[session]
trusted_networks = 198.51.100.0/24, 2001:db8:1::/48
[plugin word]
file = $word
CONF
conf=$tmp/plugins.conf
mkdir "$tmp/mail"
printf 'From: a@example.net\nSubject: clean\n\nhello\n' >"$tmp/mail/clean.eml"
printf 'From: a@example.net\nSubject: bad\n\nASSAY-TEST-FOUND\n' >"$tmp/mail/bad.eml"
scan() {
    "$assay" scan --config "$conf" "$@"
}

# --- exit status
want 0 scan "$tmp/mail/clean.eml"
want 1 scan "$tmp/mail"
want 2 scan "$tmp/mail" "$tmp/nothing-here"
want 2 scan
want 2 scan --jobs -2 "$tmp/mail"
want 2 scan --nonsense "$tmp/mail"
want 2 "$assay"
want 2 "$assay" skan
says 'nearest is "scan"' err
want 0 "$assay" --help
want 0 "$assay" --version
want 0 "$assay" scan --help

# --- JSON: the whole shape
want 1 scan --json "$tmp/mail/bad.eml"
is '(keys_unsorted == ["file", "action", "kind", "scl", "probability", "findings",
    "recipients", "facts", "objects", "bytes", "ms"])'
is ".kind == \"malware\" and .objects == 2 and .recipients == [] and
    .bytes == $(wc -c <"$tmp/mail/bad.eml")"
is '.findings == [{"plugin": "word", "kind": "malware", "status": "found",
    "name": "Test.Word", "object": "1", "confidence": 100, "log_odds": 0,
    "rcpt": null, "text": ""}]'
want 0 scan --json "$tmp/mail/clean.eml"
is '.kind == "clean" and .findings == []'

# --- names that would break a line, a terminal or JSON
odd=$(printf '%s/mail/odd\n\033[31m"\\\377\342\200\256.eml' "$tmp")
printf 'From: a@example.net\nSubject: odd name\n\nhello\n' >"$odd"
want 0 scan --json "$odd"
is '(.file | test("odd\n") and test("\ufffd"))'
LC_ALL=C grep -q '[^ -~]' "$tmp/out" && ! grep -q "$(printf '\357\277\275')" "$tmp/out" &&
    fail "JSON holds raw control characters"
want 0 scan "$odd"
[ "$(LC_ALL=C tr -d ' -~\n' <"$tmp/out" | wc -c)" -eq 0 ] || fail "the table prints a name raw"
[ "$(wc -l <"$tmp/out")" -eq 6 ] || fail "a name breaks the table: $(cat "$tmp/out")"
rm "$odd"

# --- sources: standard input, mbox, Maildir, --files-from
want 1 scan --json - <"$tmp/mail/bad.eml"
is '.file == "-" and .kind == "malware"'
{
    for name in clean bad clean; do
        echo "From a@example.net Thu Jan  1 00:00:00 2026"
        cat "$tmp/mail/$name.eml"
        echo
    done
} >"$tmp/mbox"
want 1 scan --json "$tmp/mbox"
[ "$(jq -r .kind "$tmp/out" | tr '\n' ' ')" = "clean malware clean " ] || fail "mbox: $(cat "$tmp/out")"
mkdir -p "$tmp/Maildir/cur" "$tmp/Maildir/new" "$tmp/Maildir/tmp" "$tmp/Maildir/.Sent/cur" \
    "$tmp/Maildir/.Sent/new" "$tmp/Maildir/.Sent/tmp"
cp "$tmp/mail/clean.eml" "$tmp/Maildir/cur/1.h:2,S"
cp "$tmp/mail/bad.eml" "$tmp/Maildir/new/2.h"
cp "$tmp/mail/clean.eml" "$tmp/Maildir/tmp/3.h"
cp "$tmp/mail/bad.eml" "$tmp/Maildir/.Sent/cur/4.h:2,"
want 1 scan --json "$tmp/Maildir"
[ "$(jq -r .kind "$tmp/out" | sort | tr '\n' ' ')" = "clean malware malware " ] ||
    fail "Maildir: $(cat "$tmp/out")"
printf '%s\n' "$tmp/mail/clean.eml" "$tmp/mail/bad.eml" >"$tmp/list"
want 1 scan --json --files-from "$tmp/list"
[ "$(wc -l <"$tmp/out")" -eq 2 ] || fail "--files-from FILE: $(cat "$tmp/out")"
want 1 scan --json --files-from - "$tmp/mail/clean.eml" <"$tmp/list"
[ "$(wc -l <"$tmp/out")" -eq 3 ] || fail "--files-from - and a path: $(cat "$tmp/out")"
want 2 scan --files-from "$tmp/no-list"

# --- the session
want 0 scan --json --client '198.51.100.7,mx.example.net' --helo mx.example.net \
    --from '<a@example.net>' --rcpt '<b@example.org>' --rcpt c@example.org "$tmp/mail/clean.eml"
is '(.recipients | map(.rcpt)) == ["b@example.org", "c@example.org"]'
is '.scl == -1 and (.recipients | all(.scl == -1))'
want 0 scan --json --client 198.51.101.7 "$tmp/mail/clean.eml"
is '.scl >= 0'
want 0 scan --json --client 2001:db8:1::9 "$tmp/mail/clean.eml"
is '.scl == -1'
want 0 scan --json --auth alice "$tmp/mail/clean.eml"
is '.scl == -1'
want 0 scan --json --from '' "$tmp/mail/clean.eml"
want 2 scan --client 198.51.100.700 "$tmp/mail/clean.eml"
says '"198.51.100.700" is not an address such as' err
want 2 scan --client 198.51.100.7, "$tmp/mail/clean.eml"
want 2 scan --rcpt '' "$tmp/mail/clean.eml"
want 2 scan --from 'a@example.net
RCPT TO:<x>' "$tmp/mail/clean.eml"
want 2 scan --dns "$tmp/no-zone.json" "$tmp/mail/clean.eml"
want 2 scan --lookup "$tmp/no-lookups" "$tmp/mail/clean.eml"

# --- what it is made of, and why
want 1 scan --json --objects "$tmp/mail/bad.eml"
is '(.tree | map(.path)) == ["", "1"]'
is ".tree[0].sha256 == \"$(sha256sum <"$tmp/mail/bad.eml" | cut -c1-64)\""
is '.tree[1] | .kind == "part" and .size == 17 and .detected == "text/plain" and
    (.flags | index("text"))'
want 1 scan --json --explain "$tmp/mail/bad.eml"
is '.because.finding.name == "Test.Word" and (.because.line | test("malware"))'
is '.plugins | length == 1 and .[0].name == "word" and .[0].calls == 1 and .[0].ms >= 0'
want 1 scan --explain --objects "$tmp/mail/bad.eml"
says 'because' out
says 'word: Test.Word (malware)' out
says 'text/plain' out
want 1 scan --found "$tmp/mail"
grep -q 'clean.eml' "$tmp/out" && fail "--found shows clean messages"
says '2 messages:  1 malware, 1 clean' out

# --- only one plugin, or none
want 1 scan --json --plugin "$word" "$tmp/mail/bad.eml"
is '.kind == "malware"'
want 0 scan --json --no-plugins --explain "$tmp/mail/bad.eml"
is '.plugins == []'
want 2 scan --plugin "$word" --no-plugins "$tmp/mail/bad.eml"

# --- a refused plugin: the rest goes on, and the exit status tells
printf '[plugin word]\nfile = %s\n[plugin gone]\nfile = /nonexistent/gone.so\n' "$word" >"$tmp/gone.conf"
conf=$tmp/gone.conf
want 2 scan --json "$tmp/mail/bad.eml"
is '.kind == "malware"'
says 'gone' err
printf 'optional = yes\n' >>"$tmp/gone.conf"
want 1 scan --json "$tmp/mail/bad.eml"
conf=$tmp/plugins.conf

# --- input order, whatever the workers do; every message once
mkdir "$tmp/many"
i=0
while [ $i -lt 300 ]; do
    printf 'Subject: %d\n\n%*d\n' $i $((i * 7919 % 4000)) $i >"$tmp/many/$(printf %03d $i)"
    i=$((i + 1))
done
want 0 scan --json --jobs 1 "$tmp/many"
jq -r .file "$tmp/out" >"$tmp/one"
for jobs in 0 2 7; do
    want 0 scan --json --jobs $jobs "$tmp/many"
    jq -r .file "$tmp/out" | cmp -s - "$tmp/one" || fail "--jobs $jobs: order or number differs"
done
[ "$(wc -l <"$tmp/one")" -eq 300 ] || fail "not 300 answers"

# --- readers that go away, disks that are full
scan --json "$tmp/many" 2>"$tmp/err" | head -n 1 >/dev/null
[ ! -s "$tmp/err" ] || fail "a closed pipe is not quiet: $(cat "$tmp/err")"
got=0
scan --json "$tmp/many" >/dev/full 2>"$tmp/err" || got=$?
[ "$got" -eq 2 ] || fail "a full disk is exit status $got"
says 'cannot write' err

# --- colour and a bar only where somebody looks
escape=$(printf '\033')
want 1 scan "$tmp/mail"
grep -q "$escape" "$tmp/out" "$tmp/err" && fail "colour in a file"
on_terminal() {
    script -qec "stty rows 24 cols 80; $*" /dev/null >"$tmp/out" </dev/null || :
}
script -qec true /dev/null >"$tmp/out" 2>&1 || {
    echo "    terminal: skipped, no pseudo-terminal can be had here"
    exit 0
}
on_terminal "$assay" scan --config "$conf" "$tmp/mail"
grep -q "$escape\[1;31mmalware" "$tmp/out" || fail "no colour on a terminal"
grep -q 'mails/s.*left' "$tmp/out" && fail "a bar for two messages"
on_terminal NO_COLOR=1 "$assay" scan --config "$conf" "$tmp/mail"
grep -q "$escape\[[0-9;]*m" "$tmp/out" && fail "NO_COLOR is not respected"
on_terminal "$assay" scan --config "$conf" --json "$tmp/many" "$tmp/many"
grep -q '/600' "$tmp/out" || fail "no bar for 600 messages"
tail -c 300 "$tmp/out" | grep -q '600 messages:' || fail "no summary below the bar"
exit 0
