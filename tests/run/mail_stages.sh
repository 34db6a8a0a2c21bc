#!/bin/sh
# SPDX-License-Identifier: MIT
# Each stage of a session can refuse, where the configuration lets it: at once, with the
# plugin's own words; a recipient alone; and nobody who sends from this machine.
set -eu
cd "$(dirname "$0")/../.."
. tests/run/lib/mail.sh
[ -e "$build/bad/gatekeeper.so" ] || skip 'build/bad/gatekeeper.so is not built'
mail_begin
mail_ports
# Postfix holds a refusal of the client or its HELO back until somebody is to get mail.
postfix_smtpd "smtpd_milters = unix:$rig/assayd/milter" 'smtpd_delay_reject = no'
early=$port
postfix_set "non_smtpd_milters = unix:$rig/assayd/milter"
assayd_milter='refuse_at = connect, helo, mail, rcpt'
assayd_conf assayd attachment <<END
[plugin gate]
file = $build/bad/gatekeeper.so
class = main
END
mail_start
plain=tests/mail/clean-plain.eml

# talk OPTION...: sets $rig/replies
talk() {
    say "$@" "$plain" >"$rig/replies" || :
}
# The first reply that is 4xx or 5xx.
refused() { # NAME WHERE CODE STAGE
    line=$(grep -m 1 -E '^[a-z]+( [^ ]+@[^ ]+)? [45][0-9][0-9]' "$rig/replies" || :)
    case $line in
    "$2 "*"$3 "*"gate at stage $4"*) ;;
    *) fail "$1: $(tr '\n' '|' <"$rig/replies")" ;;
    esac
}
good="-f good@example.org"
for to in "$smtp" "$smtp_tcp" "$early"; do
    # shellcheck disable=SC2086
    talk $good -x "$outside" -r fine@example.net 127.0.0.1 "$to"
    grep -q '^end 250' "$rig/replies" || fail "a good mail: $(cat "$rig/replies")"
    talk -f evil@example.org -x "$outside" -r fine@example.net 127.0.0.1 "$to"
    refused sender mail 553 3
    talk -f later@example.org -x "$outside" -r fine@example.net 127.0.0.1 "$to"
    refused 'sender, later' mail 450 3
    # shellcheck disable=SC2086
    talk $good -x "$outside" -r fine@example.net -r evil@example.net -r later@example.net 127.0.0.1 "$to"
    grep -q '^rcpt fine@example.net 250' "$rig/replies" &&
        grep -q '^rcpt evil@example.net 553 .*gate at stage 4' "$rig/replies" &&
        grep -q '^rcpt later@example.net 450 .*gate at stage 4' "$rig/replies" &&
        grep -q '^end 250' "$rig/replies" || fail "recipients: $(tr '\n' '|' <"$rig/replies")"
done
# shellcheck disable=SC2086
talk $good -x 'ADDR=192.0.2.66 NAME=client.example.org' -r fine@example.net 127.0.0.1 "$early"
grep -q '^end 250' "$rig/replies" && fail 'a client that is refused gets through'
grep -q 'gate at stage 1' "$rig/replies" || fail "connect: $(tr '\n' '|' <"$rig/replies")"
# shellcheck disable=SC2086
talk $good -h evil.example.org -x "$outside" -r fine@example.net 127.0.0.1 "$early"
grep -q '^end 250' "$rig/replies" && fail 'a HELO that is refused gets through'
grep -q 'gate at stage 2' "$rig/replies" || fail "helo: $(tr '\n' '|' <"$rig/replies")"
# From this machine nobody is refused before there is a message: the MTA would keep it.
sendmail -C "$postfix/etc" -f good@example.org evil@example.net fine@example.net <"$plain" ||
    fail 'sendmail(1) takes nothing'
settle
postfix_log 'milter-reject: RCPT' | grep -q 'from localhost' && fail 'sendmail(1) is refused at RCPT'
held good evil@example.net || fail 'who was refused by sendmail(1) has no copy in quarantine'
[ "$(find "$rig/boxes/fine/new" -type f | wc -l)" -eq 7 ] ||
    fail "fine@ has $(find "$rig/boxes/fine/new" -type f | wc -l) mails, not 7"
[ ! -e "$rig/boxes/evil" ] && [ ! -e "$rig/boxes/later" ] || fail 'who was refused got mail'
echo 'mail_stages: client, HELO, sender and recipients refused at their stages; sendmail(1) is not'
