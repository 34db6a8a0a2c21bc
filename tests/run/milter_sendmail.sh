#!/bin/sh
# SPDX-License-Identifier: MIT
# Behind a real Sendmail, which hands on to Postfix, which hands on to Dovecot: edits
# arrive, and nothing is answered but what Sendmail waits for.
# KEEP_TALK=FILE keeps what was said, as tests/milter/*.talk have it.
set -eu
cd "$(dirname "$0")/../.."
. tests/run/lib/rig.sh
. tests/run/lib/postfix.sh
. tests/run/lib/sendmail.sh
. tests/run/lib/dovecot.sh
rig_begin

dovecot_new
postfix_new
postfix_set "virtual_transport = lmtp:inet:127.0.0.1:$lmtp_port"
postfix_smtpd
next=$port
free_port
milter=$port
sendmail_new "$next" \
    "INPUT_MAIL_FILTER(\`echo', \`S=inet:$milter@127.0.0.1, F=T, T=S:10s;R:10s;E:60s')dnl"
mkdir "$rig/saved"
"$build/milter_echo" "$milter" "$rig/saved" "$rig/talk" >"$rig/echo.out" 2>"$rig/echo.err" &
echo_pid=$!
at_end 'stop_pid $echo_pid'
wait_for 10 grep -q ready "$rig/echo.out" || fail "no filter: $(cat "$rig/echo.err")"
dovecot_start
postfix_start
sendmail_start

cr=$(printf '\r')
sed "s/\$/$cr/" >"$rig/odd.eml" <<'END'
X-Old: one
X-Change: first
X-Change: second
Subject:	a tab	 and blanks  
x-old: two
From: sender@example.org
To: one@example.net

Hello
END
say -r one@example.net -r two@example.net 127.0.0.1 "$sendmail_port" "$rig/odd.eml" >"$rig/replies"
grep -q '^end 250 ' "$rig/replies" || fail "not taken: $(cat "$rig/replies")"
for box in one two; do
    wait_for 20 delivered "$box" || fail "nothing came to $box"
    mail=$(find "$rig/boxes/$box/new" -type f)
    grep -qi '^X-Old' "$mail" && fail "a header that was deleted came to $box"
    [ "$(grep -c '^X-Change:' "$mail")" -eq 2 ] || fail "X-Change is not there twice"
    grep -q '^X-Change: first$' "$mail" || fail "the first X-Change was changed"
    grep -q '^X-Echo: [0-9]' "$mail" || fail "the added header did not arrive"
done
[ ! -s "$rig/echo.err" ] || fail "the filter complains: $(cat "$rig/echo.err")"

# One answer to the negotiation, and answers to the end of a message only.
awk '
$1 == ">" { last = $2 }
$1 == "<" && last != "O" && last != "E" { print "answered after " last ": " $0; found = 1 }
END { exit found }' "$rig/talk" || fail "something was answered that nobody waits for"
[ -z "${KEEP_TALK:-}" ] || cp "$rig/talk" "$KEEP_TALK"
echo "milter_sendmail: one message through Sendmail, Postfix and Dovecot, edits arrived, only the end is answered"
