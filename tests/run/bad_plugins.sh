#!/bin/sh
# SPDX-License-Identifier: MIT
# Bad plugins beside a good one, by the whole program: each is refused with one line,
# the good one does its work, and the exit status says that not all could look.
set -eu
build=$(cd "${ASSAY_BUILD:-build}" && pwd)
dir=$(mktemp -d "${TMPDIR:-/tmp}/assay-bad.XXXXXX")
trap 'rm -rf "$dir"' EXIT
fail() {
    echo "bad_plugins.sh: $*" >&2
    exit 1
}
printf 'Subject: x\n\nNothing here.\n' >"$dir/clean.eml"
printf 'Subject: x\n\nThe casino is open.\n' >"$dir/casino.eml"
echo 'int main(void) { return 0; }' >"$dir/source.so"

section() { # NAME FILE MORE
    printf '[plugin %s]\nfile = %s\n%s\n' "$1" "$2" "${3:-}"
}
scan() { # CONFIG MAIL: sets status; standard output and error to $dir/out, $dir/err
    status=0
    "$build/assay" scan --json --config "$1" "$2" >"$dir/out" 2>"$dir/err" || status=$?
}

# Every kind of refusal at once, and a good plugin in the middle.
refused='other_major no_entry crash_load exit_load null_name module_size_large'
{
    for name in $refused; do
        section "$name" "$build/bad/$name.so"
    done
    section words "$build/template/template.so"
    section source "$dir/source.so"
    section gone "$dir/gone.so"
} >"$dir/all.conf"
scan "$dir/all.conf" "$dir/casino.eml"
[ $status -eq 2 ] || fail "exit status $status, not 2, where plugins are refused"
for name in $refused; do
    [ "$(grep -c "/$name.so: " "$dir/err")" -eq 1 ] ||
        fail "$name: not one line: $(cat "$dir/err")"
done
grep -q 'source.so: not an ELF shared object (it begins with "int main(void) {")' "$dir/err" ||
    fail "source.so: $(cat "$dir/err")"
grep -q 'gone.so: No such file or directory' "$dir/err" || fail "gone.so: $(cat "$dir/err")"
jq -e '.findings[] | select(.plugin == "words" and .text == "casino")' "$dir/out" >/dev/null ||
    fail "the good plugin did not look: $(cat "$dir/out")"

# Optional ones are told, and are no error.
{
    section crash "$build/bad/crash_load.so" 'optional = yes'
    section words "$build/template/template.so"
} >"$dir/optional.conf"
scan "$dir/optional.conf" "$dir/clean.eml"
[ $status -eq 0 ] || fail "exit status $status, not 0, where an optional plugin is refused"
grep -q 'crash_load.so: crashed with SIGSEGV' "$dir/err" || fail "optional: $(cat "$dir/err")"

# What breaks a rule while it scans is `failed`, never clean; the others have looked.
for name in unknown_status foreign_report open_writer unknown_code silent; do
    {
        section "$name" "$build/bad/$name.so"
        section words "$build/template/template.so"
    } >"$dir/one.conf"
    scan "$dir/one.conf" "$dir/casino.eml"
    [ "$name" != stale_task ] || continue # one object: its first task is right
    [ $status -eq 2 ] || fail "$name: exit status $status, not 2"
    jq -e --arg name "$name" '(.kind == "failed") and
        ([.findings[] | select(.plugin == $name and .kind == "failed")] | length > 0) and
        ([.findings[] | select(.plugin == "words")] | length == 1)' "$dir/out" >/dev/null ||
        fail "$name: $(cat "$dir/out")"
done

# A wrong setting, or facts in a circle: nothing runs.
for name in a b; do
    section $name "$build/bad/cycle_$name.so"
done >"$dir/cycle.conf"
scan "$dir/cycle.conf" "$dir/clean.eml"
if [ $status -ne 2 ] || [ -s "$dir/out" ]; then
    fail "a cycle: status $status, $(cat "$dir/out")"
fi
section words "$build/template/template.so" 'wrods = x' >"$dir/typo.conf"
scan "$dir/typo.conf" "$dir/clean.eml"
if [ $status -ne 2 ] || [ -s "$dir/out" ]; then
    fail "a typing error: status $status, $(cat "$dir/out")"
fi
grep -q 'typo.conf:3: \[words\] wrods: no such option; nearest is words' "$dir/err" ||
    fail "a typing error: $(cat "$dir/err")"
