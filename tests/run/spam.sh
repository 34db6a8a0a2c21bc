#!/bin/sh
# SPDX-License-Identifier: MIT
# The spam plugin's options: tests on and off, weights that move the SCL by whole
# steps, files of weights that are refused, trusted mail left alone.
set -eu
cd "$(dirname "$0")/../.."

build=${ASSAY_BUILD:-build}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failures=0
checks=0

# [LINE...]: a configuration with spam alone
configure()
{
    printf '[plugin spam]\nfile = spam.so\n' >"$tmp/plugins.conf"
    for line in "$@"; do
        printf '%s\n' "$line"
    done >>"$tmp/plugins.conf"
}

# WHAT GOT WANTED
same()
{
    checks=$((checks + 1))
    [ "$2" = "$3" ] && return
    echo "    $1: got \"$2\", wanted \"$3\""
    failures=$((failures + 1))
}

# MAIL FILTER [ARG...]: what jq says of the mail's answer
ask()
{
    mail=$1 filter=$2
    shift 2
    rc=0
    "$build/assay" scan --json --config "$tmp/plugins.conf" "$@" "$mail" \
        >"$tmp/out" 2>"$tmp/err" || rc=$?
    [ "$rc" -le 1 ] || { cat "$tmp/err"; return; }
    jq -r "$filter" "$tmp/out"
}

# SUBJECT TEXT: a mail that no test holds on
mail()
{
    printf 'From: Anna <anna@example.org>\nTo: ben@example.net\nSubject: %s\n' "$1"
    printf 'Date: Mon, 2 Nov 2026 09:15:00 +0100\nMessage-ID: <1@example.org>\n'
    printf 'MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n%s\n' "$2"
}

names='[.findings[].name | sub("spam."; "")] | sort | join(" ")'

# --- tests on, some, none ---
configure
same 'all tests' "$(ask tests/mail/phishing-link.eml "$names")" 'html_only url_ip'
configure 'skip_tests = html_only, spam.base64_text'
same 'one left out' "$(ask tests/mail/phishing-link.eml "$names")" 'url_ip'
configure 'tests = no'
same 'no tests' "$(ask tests/mail/phishing-link.eml "$names")" ''
same 'GTUBE all the same' "$(ask tests/mail/spam-gtube.eml "$names")" 'gtube'
same 'not for trusted mail' "$(ask tests/mail/spam-gtube.eml "$names" --auth a)" ''
same 'nor in an enclosed mail' "$({
    printf 'From: a@b.example\nMIME-Version: 1.0\nContent-Type: message/rfc822\n\n'
    cat tests/mail/spam-gtube.eml
} >"$tmp/m.eml" && ask "$tmp/m.eml" "$names")" ''

# --- a point is a step of SCL ---
: >"$tmp/w.txt"
for i in 1 2 3 4 5 6 7 8 9; do
    printf 'body +%s "plus%s"\nbody -%s "minus%s"\n' $i $i $i $i >>"$tmp/w.txt"
done
printf 'body MAX "most"\nbody MIN "least"\n' >>"$tmp/w.txt"
configure "weights = $tmp/w.txt"
for case in :1 plus1:2 plus2:3 plus3:4 plus4:5 plus5:6 plus6:7 plus7:8 plus8:9 \
    plus9:9 minus1:0 minus9:0 most:9 least:0 'most least:0' 'plus9 plus8 least:0' \
    'plus4 minus2:3' 'plus1 plus1 plus1:2'; do
    mail Lunch "${case%:*}" >"$tmp/m.eml"
    same "weights of \"${case%:*}\"" "$(ask "$tmp/m.eml" .scl)" "${case##*:}"
done

# --- a text that is too long is looked at as far as max_text ---
configure "weights = $tmp/w.txt" 'max_text = 1 KiB'
{ mail Lunch most && head -c 2000 /dev/zero | tr '\0' x; } >"$tmp/m.eml"
same 'before the bound' "$(ask "$tmp/m.eml" .scl)" 9
{ mail Lunch . && head -c 2000 /dev/zero | tr '\0' x && echo ' most'; } >"$tmp/m.eml"
same 'behind the bound' "$(ask "$tmp/m.eml" .scl)" 1

# LINE TEXT: refused, and the message has TEXT
refused()
{
    configure "$1"
    checks=$((checks + 1))
    rc=0
    "$build/assay" scan --config "$tmp/plugins.conf" tests/mail/clean-plain.eml \
        >"$tmp/out" 2>&1 || rc=$?
    [ "$rc" -eq 2 ] && grep -qF "$2" "$tmp/out" && return
    echo "    \"$1\" ended with $rc and does not say \"$2\":"
    sed 's/^/        /' "$tmp/out"
    failures=$((failures + 1))
}

printf 'body +1 "a"\nbody 12 "b"\n' >"$tmp/bad.txt"
refused "weights = $tmp/bad.txt" 'bad.txt:2: has no change from -9 to +9'
refused "weights = $tmp/none.txt" 'none.txt: cannot be read'
printf '<a/>' >"$tmp/bad.xml"
refused "weights = $tmp/bad.xml" 'bad.xml:1: is not CustomWeightEntry'
refused 'skip_tests = no_such' 'skip_tests: "no_such" is no test'

if [ "$failures" -ne 0 ]; then
    echo "    $failures of $checks checks failed"
    exit 1
fi
echo "    spam: $checks checks"
