#!/bin/sh
# SPDX-License-Identifier: MIT
# A wrong configuration runs nothing and says where, what, and what would be right;
# a right one can be shown, and what is shown is right again.
set -eu
assay=$ASSAY_BUILD/assay
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
word=$PWD/$ASSAY_BUILD/bad/crash_on_word.so
conf=$tmp/plugins.conf

fail() {
    echo "conf.sh: $*" >&2
    exit 1
}

# wrong MESSAGE...: the configuration on standard input is refused, with exactly these
# lines (the file's name left out), by check and by scan alike.
wrong() {
    cat >"$conf"
    printf 'Subject: x\n\nx\n' >"$tmp/mail"
    printf 'assay: %s\n' "$@" >"$tmp/expected"
    for command in "conf check" "scan $tmp/mail" "plugins" "conf show"; do
        got=0
        case $command in
        conf*) set -- $command "$conf" ;;
        *) set -- $command --config "$conf" ;;
        esac
        "$assay" "$@" >"$tmp/out" 2>"$tmp/err" || got=$?
        [ $got -eq 2 ] || fail "$*: exit status $got"
        [ ! -s "$tmp/out" ] || fail "$*: something ran: $(cat "$tmp/out")"
        sed "s,$tmp/,," "$tmp/err" | cmp -s - "$tmp/expected" ||
            fail "$*: says: $(cat "$tmp/err")"
    done
}

wrong 'plugins.conf:1: [limts]: no such section; nearest is [limits]' <<'E1'
[limts]
max_depth = 3
E1
wrong 'plugins.conf:1: [limits small]: has no name: write [limits]' <<'E1'
[limits small]
max_depth = 3
E1
wrong 'plugins.conf:1: [plugin]: a plugin section needs a name of letters, digits and ._- that is not "core", such as [plugin clamav]' <<'E1'
[plugin]
file = x.so
E1
wrong 'plugins.conf:1: [pool big]: has no name: write [pool]' \
    'plugins.conf:4: [pool] workers_min: "3" is not at most workers_max, which is 2: workers_max = 0 is as many as the machine needs' \
    'plugins.conf:6: [class spam]: no plugin is in that class' <<'E1'
[pool big]
workers_max = 3
[pool]
workers_min = 3
workers_max = 2
[class spam]
workers_max = 3
E1
wrong 'plugins.conf:2: [limits] max_dept: no such option; nearest is max_depth' <<'E1'
[limits]
max_dept = 3
E1
wrong 'plugins.conf:3: [limits] max_bytes: "many" is not a size from 64 KiB to 16 GiB' <<'E1'
[limits]
max_depth = 3
max_bytes = many
E1
wrong 'plugins.conf:2: [session] trusted_networks: "192.0.2.1/24" is not a network such as 192.0.2.0/24 or 2001:db8::/32' <<'E1'
[session]
trusted_networks = 192.0.2.1/24
E1
# Every section is checked, so that all can be mended in one go.
wrong 'plugins.conf:2: [limits] max_depth: "0" is not a whole number from 1 to 1000' \
    'plugins.conf:4: [session] trusted: no such option' <<'E1'
[limits]
max_depth = 0
[session]
trusted = 192.0.2.0/24
E1
wrong 'plugins.conf:3: [word] no_such: no such option' <<E1
[plugin word]
file = $word
no_such = 1
E1

got=0
"$assay" conf check "$tmp/none.conf" >"$tmp/out" 2>"$tmp/err" || got=$?
[ $got -eq 2 ] && grep -q 'none.conf' "$tmp/err" || fail "a missing file: $(cat "$tmp/err")"
got=0
"$assay" conf chekc >"$tmp/out" 2>&1 || got=$?
[ $got -eq 2 ] || fail "an unknown word: exit status $got"

# --- a right one: what `show` prints is itself right and says the same
cat >"$conf" <<E1
[limits]
max_depth = 5        # less than usual
[session]
trusted_networks = 192.0.2.0/24,
    2001:db8::/32
[policy]
malware = quarantine
[policy boss]
rcpt = boss@example.org
encrypted = accept
[plugin word]
file = $word
optional = yes
E1
"$assay" conf check "$conf" | grep -q 'right; 1 plugin' || fail "check: $("$assay" conf check "$conf")"
"$assay" conf show "$conf" >"$tmp/shown.conf"
grep -Eq "^max_depth = 5 +# $conf:2$" "$tmp/shown.conf" || fail "show: $(cat "$tmp/shown.conf")"
grep -Eq '^max_parts = 10000 +# default$' "$tmp/shown.conf" || fail "show: no defaults"
grep -Eq "^malware = quarantine +# $conf:7$" "$tmp/shown.conf" || fail "show: no policy"
grep -q '^\[policy boss\]$' "$tmp/shown.conf" || fail "show: no named policy"
"$assay" conf check "$tmp/shown.conf" >/dev/null || fail "what is shown cannot be read"
values() {
    "$assay" conf show "$1" | sed 's/ *#.*//' | sort
}
values "$conf" >"$tmp/a"
values "$tmp/shown.conf" | cmp -s - "$tmp/a" || fail "what is shown means something else"

# --- documentation: every option of every table, in three forms
for form in "" --man --markdown; do
    # shellcheck disable=SC2086
    "$assay" conf docs $form "$conf" >"$tmp/docs"
    for option in max_message_bytes trusted_networks malware optional; do
        grep -q "$option" "$tmp/docs" || fail "conf docs $form: no $option"
    done
done

# --- plugins, good and refused
cat >>"$conf" <<E1
[plugin gone]
file = $tmp/gone.so
E1
got=0
"$assay" plugins --test --config "$conf" >"$tmp/out" || got=$?
[ $got -eq 2 ] || fail "plugins with one refused: exit status $got"
grep -q '^word: Crash on word 1, by Assay tests, MIT, ABI 1.0, optional$' "$tmp/out" || fail "plugins: $(cat "$tmp/out")"
grep -q '^gone: REFUSED$' "$tmp/out" || fail "plugins: $(cat "$tmp/out")"
got=0
"$assay" plugins --json --test --config "$conf" >"$tmp/out" || got=$?
[ $got -eq 2 ] || fail "plugins --json with one refused: exit status $got"
jq -es 'length == 3 and .[2].sandbox.seccomp.state != null and .[0].id == "org.example.crash-on-word" and .[0].self_test == "passed" and
    .[0].refused == null and .[0].stages == ["object"] and (.[1].refused | length > 0)' \
    "$tmp/out" >/dev/null || fail "plugins --json: $(cat "$tmp/out")"
exit 0
