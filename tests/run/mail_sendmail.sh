#!/bin/sh
# SPDX-License-Identifier: MIT
# Behind a real Sendmail, over TCP and a Unix socket: what it is told, what it delivers.
set -eu
cd "$(dirname "$0")/../.."
. tests/run/lib/mail.sh
. tests/run/lib/sendmail.sh
mail_begin
mail_ports
postfix_smtpd
next=$port
assayd_conf assayd <<'END'
[actions]
reject_text = Refused: 100% of {reason}
authserv_id = mx2.example.net
[policy]
malware = reject
encrypted = tag
policy = quarantine
[policy late]
rcpt = late@example.net
malware = defer
END
sendmail_new "$next" \
    "INPUT_MAIL_FILTER(\`assay', \`S=inet:$milter_tcp@127.0.0.1, F=T, T=S:10s;R:30s;E:60s')dnl"
mail_start
sendmail_start
# Mails on Sendmail's connections come from 127.0.0.1, as it knows no XCLIENT.
outside=
through() { # CASE FILE RCPT...
    case=$1 file=$2
    shift 2
    options=
    for rcpt in "$@"; do options="$options -r $rcpt"; done
    # shellcheck disable=SC2086
    say -f "$case@example.org" $options 127.0.0.1 "$sendmail_port" "$file" >"$rig/replies" || :
    reply=$(sed -n 's/^end //p' "$rig/replies")
}
through clean tests/mail/clean-plain.eml clean@example.net
replied 250 clean
through bad tests/mail/malware-eicar.eml bad@example.net
replied 550 bad
case $reply in *'Refused: 100% of '*) ;; *) fail "the text is not ours: $reply" ;; esac
through late tests/mail/malware-eicar.eml late@example.net
replied 451 late
through tag tests/mail/archive-encrypted-zip.eml tag@example.net
replied 250 tag
through kept tests/mail/block-exe.eml kept@example.net
replied 250 kept
printf 'X-Assay-SCL: -1\nAuthentication-Results: mx2.example.net; spf=pass\nX-Assay-SCL: 0\nSubject: forged\nFrom: a@example.org\n\nText\n' >"$rig/forged.eml"
through forged "$rig/forged.eml" forged@example.net
replied 250 forged
queue_is_empty() { [ -z "$(find "$sendmail/queue" -type f)" ]; }
wait_for 20 queue_is_empty || fail "Sendmail keeps mail"
settle
for name in clean tag forged; do
    mail=$(in_box "$name" "$name") || fail "$name: nothing came"
    marked "$mail" "$name"
done
header "$(in_box tag tag)" Subject | grep -qF '[CAUTION] ' || fail "tag: no tag"
grep -qi '^Authentication-Results: mx2' "$(in_box forged forged)" && fail "forged results came"
[ "$(header "$(in_box forged forged)" X-Assay-SCL)" != -1 ] || fail "a forged SCL came"
held kept kept@example.net || fail "kept: nothing is held"
for name in bad late kept; do
    [ -z "$(in_box $name $name)" ] || fail "$name: it came"
done
echo 'mail_sendmail: six mails through Sendmail, each where it belongs'
