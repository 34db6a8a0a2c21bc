#!/bin/sh
# SPDX-License-Identifier: MIT
# README.md: its commands run, and what it names is there.
set -eu
# It speaks of build/, whichever build is being tested.
[ "$ASSAY_BUILD" = build ] || exit 0
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# One command a line: blocks marked sh, continued lines joined.
awk '/^```sh$/ { on = 1; next } /^```/ { on = 0 } on' README.md |
    sed -e ':a' -e '/\\$/ { N; s/\\\n */ /; ba' -e '}' >"$tmp/commands"
[ -s "$tmp/commands" ] || { echo "readme.sh: no commands in README.md" >&2; exit 1; }
while read -r command; do
    got=0
    sh -c "$command" >"$tmp/out" 2>&1 </dev/null || got=$?
    # 1: assay scan has found what the sample mails hold.
    case $command in
    "build/assay scan"*) most=1 ;;
    *) most=0 ;;
    esac
    if [ $got -gt $most ]; then
        echo "readme.sh: exit status $got: $command" >&2
        tail -n 5 "$tmp/out" >&2
        exit 1
    fi
done <"$tmp/commands"

# Settings that it shows are right ones.
awk '/^```conf$/ { on = 1; print "# ---"; next } /^```/ { on = 0 } on' README.md |
    awk -v dir="$tmp" '/^# ---$/ { n++; next } { print > (dir "/" n ".conf") }'
ln -s "$PWD/sigs" "$tmp/sigs" # relative paths start at the file
for conf in "$tmp"/*.conf; do
    build/assay conf check "$conf" >/dev/null || exit 1
done

# Files and folders that it names.
grep -o '`[a-z./_]*/[a-z0-9./_-]*`' README.md | tr -d '`' | sort -u >"$tmp/paths"
while read -r path; do
    [ -e "$path" ] || { echo "readme.sh: README.md names $path, which is not there" >&2; exit 1; }
done <"$tmp/paths"
exit 0
