#!/bin/sh
# SPDX-License-Identifier: MIT
# A mail of 50 MiB goes through whole.
set -eu
cd "$(dirname "$0")/../.."
. tests/run/lib/mail.sh
mail_begin
mail_ports
assayd_conf assayd </dev/null
mail_start
{
    printf 'Subject: large\nFrom: sender@example.org\n\n'
    head -c 38500000 /dev/urandom | base64
} >"$rig/large.eml"
[ "$(wc -c <"$rig/large.eml")" -gt 52000000 ] || fail "the large mail is small"
post large "$rig/large.eml" large@example.net
replied 250 large
settle
mail=$(in_box large large) || fail "nothing came"
marked "$mail" large
sed '1,/^$/d' "$rig/large.eml" >"$rig/body"
sed '1,/^$/d' "$mail" | cmp - "$rig/body" || fail "it is not the same any more"
echo "mail_large: $(wc -c <"$mail") bytes delivered whole"
