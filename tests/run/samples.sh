#!/bin/sh
# SPDX-License-Identifier: MIT
# The sample mails of tests/mail against what tests/expect says of each: one scan of
# them all, and again with one worker and with four, which must tell the same.
#
# tests/expect/NAME.expect, one statement a line:
#   kind KIND, action ACTION, scl N     of the verdict
#   finding PLUGIN KIND NAME OBJECT     one that must be there; NAME and OBJECT may
#                                       have * and ?; OBJECT - is the message itself
#   args --auth anna ...                options, for a scan of this mail alone
# A finding that no line speaks of is an error, unless it is only info.
set -eu
cd "$(dirname "$0")/../.."

build=${ASSAY_BUILD:-build}
assay=$build/assay
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/got"

# Scans; an exit code above 1 means that something could not be scanned.
scan()
{
    rc=0
    "$assay" scan --json "$@" 2>"$tmp/err" || rc=$?
    if [ "$rc" -gt 1 ]; then
        echo "assay scan $* ended with $rc:" >&2
        cat "$tmp/err" >&2
        return 1
    fi
}

# One file a mail: its verdict, then its findings, fields parted by tabs.
split()
{
    jq -r '(.file | sub(".*/"; "") | sub("\\.eml$"; "")) as $mail |
        ([$mail, "verdict", .kind, .action, .scl] | @tsv),
        (.findings[] | [$mail, "finding", .plugin, .kind, .name,
            (if (.object // "") == "" then "-" else .object end)] | @tsv)' "$1" |
        awk -F '\t' -v dir="$tmp/got" \
            '{ f = dir "/" $1; sub(/^[^\t]*\t/, ""); print > f }'
}

# Is the value of a verdict what is expected?
same()
{
    [ "$2" = "$3" ] || { echo "  $mail: $1 is $3, expected $2"; bad=1; }
}

# Is there a finding that fits "PLUGIN KIND NAME OBJECT"?
has_finding()
{
    while IFS='	' read -r g_word g_plugin g_kind g_name g_object; do
        [ "$g_word $g_plugin $g_kind" = "finding $1 $2" ] || continue
        # shellcheck disable=SC2254 # the expectation is a pattern
        case $g_name in $3) ;; *) continue ;; esac
        # shellcheck disable=SC2254
        case $g_object in $4) return 0 ;; esac
    done <"$tmp/got/$mail"
    return 1
}

# Does a line of the expectation fit this finding?
is_expected()
{
    while read -r e_word e_plugin e_kind e_name e_object; do
        [ "$e_word $e_plugin $e_kind" = "finding $1 $2" ] || continue
        # shellcheck disable=SC2254
        case $3 in $e_name) ;; *) continue ;; esac
        # shellcheck disable=SC2254
        case $4 in $e_object) return 0 ;; esac
    done <"$expect"
    return 1
}

check()
{
    bad=0
    IFS='	' read -r _ got_kind got_action got_scl <"$tmp/got/$mail"
    while read -r word rest; do
        case $word in
        kind) same kind "$rest" "$got_kind" ;;
        action) same action "$rest" "$got_action" ;;
        scl) same scl "$rest" "$got_scl" ;;
        args | '' | '#'*) ;;
        finding)
            plugin=${rest%% *} rest=${rest#* }
            kind=${rest%% *} rest=${rest#* }
            name=${rest%% *} object=${rest#* }
            has_finding "$plugin" "$kind" "$name" "$object" ||
                { echo "  $mail: no finding $plugin $kind $name $object"; bad=1; }
            ;;
        *) echo "  $expect: \"$word\" is no statement"; bad=1 ;;
        esac
    done <"$expect"
    while IFS='	' read -r word plugin kind name object; do
        [ "$word" = finding ] && [ "$kind" != info ] || continue
        is_expected "$plugin" "$kind" "$name" "$object" ||
            { echo "  $mail: unexpected $plugin $kind $name $object"; bad=1; }
    done <"$tmp/got/$mail"
    return $bad
}

# Times and the order of ties aside, the answers may not depend on the workers.
plain()
{
    jq -cS 'del(.ms)' "$1" >"$1.plain"
}

scan tests/mail >"$tmp/all"
split "$tmp/all"
plain "$tmp/all"
for jobs in 1 4; do
    scan --jobs "$jobs" tests/mail >"$tmp/jobs$jobs"
    plain "$tmp/jobs$jobs"
    cmp -s "$tmp/all.plain" "$tmp/jobs$jobs.plain" || {
        echo "samples: --jobs $jobs tells something else:"
        diff "$tmp/all.plain" "$tmp/jobs$jobs.plain" | head -5
        exit 1
    }
done

good=0
total=0
for eml in tests/mail/*.eml; do
    mail=$(basename "$eml" .eml)
    expect=tests/expect/$mail.expect
    total=$((total + 1))
    if [ ! -e "$expect" ]; then
        echo "  $mail: has no $expect"
        continue
    fi
    args=$(sed -n 's/^args //p' "$expect")
    if [ -n "$args" ]; then
        # shellcheck disable=SC2086 # options, one word each
        scan $args "$eml" >"$tmp/one"
        split "$tmp/one"
    fi
    grep -q "^| \`$mail\` |" tests/expect/CASES.md ||
        { echo "  $mail: tests/expect/CASES.md does not say what it is"; continue; }
    if check; then
        good=$((good + 1))
    fi
done
for expect in tests/expect/*.expect; do
    [ -e "tests/mail/$(basename "$expect" .expect).eml" ] ||
        { echo "  $expect: there is no such mail"; good=-1; }
done
echo "samples: $good of $total mails are judged as expected"
[ "$good" -eq "$total" ]
