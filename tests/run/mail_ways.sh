#!/bin/sh
# SPDX-License-Identifier: MIT
# All ways in: Unix socket and TCP, IPv4 and IPv6, TLS, pipelining, SMTPUTF8, a hundred
# recipients, and sendmail(1).
set -eu
cd "$(dirname "$0")/../.."
. tests/run/lib/mail.sh
can openssl openssl
mail_begin
mail_ports
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=mx.example.net \
    -keyout "$rig/key.pem" -out "$rig/cert.pem" 2>/dev/null
postfix_smtpd "smtpd_milters = inet:127.0.0.1:$milter_tcp" 'smtpd_tls_security_level = may' \
    "smtpd_tls_key_file = $rig/key.pem" "smtpd_tls_cert_file = $rig/cert.pem"
smtp_tls=$port
six=
if grep -q 1$ /proc/net/if_inet6 2>/dev/null || grep -q '^00000000000000000000000000000001' /proc/net/if_inet6 2>/dev/null; then
    free_port
    milter_six=$port
    assayd_also="$assayd_also, inet:[::1]:$milter_six"
    postfix_smtpd -6 "smtpd_milters = inet:[::1]:$milter_six"
    six=$port
else
    echo 'mail_ways: no IPv6 here'
fi
# Dovecot's LMTP knows no SMTPUTF8: such mail is put into $rig/mail.
postfix_set "non_smtpd_milters = unix:$rig/assayd/milter" \
    'transport_maps = inline:{ { utf8@example.net = virtual: } }'
printf '[policy]\npolicy = reject\nmalware = reject\n' | assayd_conf assayd
mail_start
plain=tests/mail/clean-plain.eml
bad=tests/mail/malware-eicar.eml

# way NAME OPTION... -- HOST PORT: a clean mail comes through, a bad one is refused
ways=0
way() {
    name=$1
    shift
    say -x "$outside" -f "$name@example.org" -r "$name@example.net" "$@" "$plain" "$bad" \
        >"$rig/replies" || fail "$name: $(cat "$rig/replies")"
    sed -n 's/^end //p' "$rig/replies" | {
        read -r first && read -r second
        case $first in 250*) ;; *) fail "$name: a clean mail: $first" ;; esac
        case $second in 550*) ;; *) fail "$name: a bad one: $second" ;; esac
    }
    ways=$((ways + 1))
}
way unix 127.0.0.1 "$smtp"
way tcp 127.0.0.1 "$smtp_tcp"
way pipelined -p 127.0.0.1 "$smtp"
[ -z "$six" ] || way six ::1 "$six"
name=tls
say -s -f tls@example.org -r tls@example.net 127.0.0.1 "$smtp_tls" "$plain" "$bad" >"$rig/replies" ||
    fail "tls: $(cat "$rig/replies")"
grep -q '^starttls 220' "$rig/replies" || fail "no TLS"
[ "$(grep -c '^end 250\|^end 550' "$rig/replies")" -eq 2 ] || fail "tls: $(cat "$rig/replies")"
ways=$((ways + 1))

# SMTPUTF8: envelope and header.
utf8=$(printf 'spr\303\244cher@example.org')
say -x "$outside" -m 'SMTPUTF8 BODY=8BITMIME' -f "$utf8" -r utf8@example.net \
    127.0.0.1 "$smtp" tests/mail/clean-smtputf8.eml >"$rig/replies" || fail "utf8: lost"
grep -q '^end 250' "$rig/replies" || fail "utf8: $(cat "$rig/replies")"

# A hundred recipients.
set --
for i in $(seq 100); do set -- "$@" -r "many$i@example.net"; done
say -x "$outside" -f many@example.org "$@" 127.0.0.1 "$smtp" "$plain" >"$rig/replies" || fail "many: lost"
[ "$(grep -c '^rcpt .* 250' "$rig/replies")" -eq 100 ] || fail "many: not all were taken"
grep -q '^end 250' "$rig/replies" || fail "many: $(tail -n 2 "$rig/replies")"

# sendmail(1): from this machine, never stuck, and never refused before its content.
sendmail=$(command -v sendmail)
case $(readlink -f "$sendmail") in
*postfix* | /usr/sbin/sendmail)
    "$sendmail" -C "$postfix/etc" -f local@example.org local@example.net <"$plain" ||
        fail "sendmail(1) takes nothing"
    "$sendmail" -C "$postfix/etc" -f local@example.org refused@example.net <"$bad" ||
        fail "sendmail(1) refuses"
    ;;
esac
settle
for name in unix tcp pipelined tls ${six:+six} local; do
    mail=$(in_box "$name" "$name") || fail "$name: nothing came"
    marked "$mail" "$name"
    [ "$(in_box "$name" "$name" | wc -l)" -eq 1 ] || fail "$name: more than one came"
done
mail=$(find "$rig/mail/box/new" -type f 2>/dev/null)
[ -n "$mail" ] || fail "utf8: nothing came"
marked "$mail" utf8
grep -q "^Return-Path: <$utf8>" "$mail" || fail "utf8: another sender"
[ "$(find "$rig"/boxes/many*/new -type f | wc -l)" -eq 100 ] || fail "many: not all came"
[ -z "$(in_box refused local)" ] || fail "a bad mail by sendmail(1) came"
echo "mail_ways: $ways ways in, SMTPUTF8, 100 recipients, sendmail(1)"
