#!/bin/sh
# SPDX-License-Identifier: MIT
# What nobody could look at whole is told so: refused by default, deferred or let through
# with a mark where that is configured; and the same for what a plugin failed on.
set -eu
cd "$(dirname "$0")/../.."
. tests/run/lib/mail.sh
mail_begin
mail_ports
{
    printf 'Subject: large\nFrom: sender@example.org\n\n'
    head -c 200000 /dev/urandom | base64
} >"$rig/large.eml"
answers() { # WORD CODE
    assayd_milter="too_large = $1"
    printf '[limits]\nmax_message_bytes = 64 KiB\n' | assayd_conf assayd attachment spam
    assayd_start assayd
    post "$1" "$rig/large.eml" large@example.net
    replied "$2" "$1"
    post "small-$1" tests/mail/clean-plain.eml large@example.net
    replied 250 "small-$1"
    assayd_stop assayd
}
dovecot_start
postfix_start
answers reject 552
answers defer 452
answers accept 250
settle
for word in reject defer; do
    in_box large $word >/dev/null && fail "$word: it came"
    in_box large small-$word >/dev/null || fail "$word: a small one did not come"
done
mail=$(in_box large accept) || fail "accept: nothing came"
[ -n "$(header "$mail" X-Assay-Unscanned)" ] || fail "accept: no X-Assay-Unscanned"
echo 'mail_limits: a mail that is too large is refused, deferred, or let through with a mark'
