#!/bin/sh
# SPDX-License-Identifier: MIT
# A mail whose blanks a DKIM signature with simple/simple depends on is seen byte for
# byte, and is delivered byte for byte where nothing is to be changed but our own fields.
set -eu
cd "$(dirname "$0")/../.."
. tests/run/lib/mail.sh
mail_begin
mail_ports
assayd_conf assayd <<'END'
[verdict]
gateway_action = quarantine
END
mail_start
cr=$(printf '\r')
LC_ALL=C sed "s/\$/$cr/; s/EIGHT/$(printf '\351')/" >"$rig/odd.eml" <<'END'
DKIM-Signature:  v=1;   a=rsa-sha256; c=simple/simple;
	d=example.org;  s=x ;
  	 h=from : to;
Subject:	a tab	 and blanks  
None:
tight:x
From: sender@example.org
To: one@example.net,
 two@example.net

.
..two dots
 trailing blanks   
bytes: cafEIGHT

	

END
# The same with GTUBE behind it: what is held is what was seen.
cp "$rig/odd.eml" "$rig/bad.eml"
printf '%s\r\n' "$(grep -F GTUBE-STANDARD tests/mail/spam-gtube.eml)" >>"$rig/bad.eml"
for to in "$smtp" "$smtp_tcp"; do
    post "good$to" "$rig/odd.eml" "good$to@example.net"
    replied 250 odd
    post "bad$to" "$rig/bad.eml" "bad$to@example.net"
    replied 250 bad
done
settle
for to in "$smtp" "$smtp_tcp"; do
    mail=$(in_box "good$to" "good$to") || fail "nothing came"
    marked "$mail" odd
    # From the signature on, without our own fields; Maildirs have LF.
    awk 'on == 0 && /^DKIM-Signature:/ { on = 1 }
        on == 0 { next }
        body { print; next }
        /^\r?$/ { body = 1; print; next }
        /^[ \t]/ { if (!skip) print; next }
        { skip = /^X-Assay-/; if (!skip) print }' "$mail" >"$rig/came"
    tr -d '\r' <"$rig/odd.eml" | cmp - "$rig/came" || fail "delivered otherwise than it was sent"
    held "bad$to" "bad$to@example.net" || fail "nothing is held"
    assayd_raw "bad$to@example.org" >"$rig/held.eml" || fail "it cannot be shown"
    cmp "$rig/bad.eml" "$rig/held.eml" || fail "held otherwise than it was sent"
done
echo 'mail_bytes: seen, held and delivered byte for byte, over a Unix socket and TCP'
