#!/bin/sh
# SPDX-License-Identifier: MIT
# The SDK's README is right: its commands, word by word, build the template outside of
# the tree and run it.  Only the two folders they name are moved.
set -eu
build=${ASSAY_BUILD:-build}
dir=$(mktemp -d "${TMPDIR:-/tmp}/assay-template.XXXXXX")
trap 'rm -rf "$dir"' EXIT
fail() {
    echo "template.sh: $*" >&2
    exit 1
}

# Each block of commands to a file of its own: 1 copy, 2 build, 3 self-test, 4 scan,
# 5 settings.
awk -v dir="$dir" '
/^```sh$/ { n++; in_block = 1; next }
/^```$/ { in_block = 0 }
in_block { print > (dir "/block" n) }
' sdk/README.md
run() {
    sed -e "s,/tmp/mine,$dir/mine,g" -e "s,^build/assay,$build/assay," "$dir/block$1" >"$dir/now"
    sh -eu "$dir/now"
}
[ "$(find "$dir" -name 'block*' | wc -l)" -eq 5 ] || fail "sdk/README.md has not five blocks"

run 1
run 2 2>"$dir/warnings" || fail "the build fails: $(cat "$dir/warnings")"
[ ! -s "$dir/warnings" ] || fail "the build warns: $(cat "$dir/warnings")"
run 3 >"$dir/out" || fail "the plugin is refused"
grep -q 'self-test *passed' "$dir/out" || fail "no self-test: $(cat "$dir/out")"

status=0
run 4 >"$dir/out" || status=$?
[ $status -eq 1 ] || fail "exit status $status of a scan that finds something"
grep -q 'template.word.*lottery' "$dir/out" || fail "finds no lottery: $(cat "$dir/out")"

status=0
run 5 >"$dir/out" || status=$?
[ $status -eq 1 ] || fail "exit status $status of a scan with settings"
grep -q 'won the' "$dir/out" || fail "does not use its setting: $(cat "$dir/out")"

# The built templates do their work too: words told, a file in a data: URI unpacked.
code=$(head -c 120 /dev/zero | tr '\0' 'A' | base64 | tr -d '\n')
{
    printf 'Subject: x\nContent-Type: text/html\n\n<a href="data:application/x-test;base64,'
    printf '%s">a casino</a>\n' "$code"
} >"$dir/uri.eml"
for name in template template_cpp; do
    plugin=$build/template/$name.so
    "$build/assay" plugins --test --plugin "$plugin" >"$dir/out" || fail "$plugin: $(cat "$dir/out")"
    "$build/assay" scan --json --objects --plugin "$plugin" "$dir/uri.eml" >"$dir/$name.json" || true
done
jq -e '.findings[] | select(.name == "template.word" and .text == "casino" and .object == "1")' \
    "$dir/template.json" >/dev/null || fail "template.so finds no casino"
jq -e '.kind == "clean" and .objects == 3' "$dir/template_cpp.json" >/dev/null ||
    fail "template_cpp.so unpacks nothing: $(cat "$dir/template_cpp.json")"
