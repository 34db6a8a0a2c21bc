#!/bin/sh
# SPDX-License-Identifier: MIT
# Every action, for one recipient and for several of one message: what the client is
# told, what arrives where, and what is held.
set -eu
cd "$(dirname "$0")/../.."
. tests/run/lib/mail.sh
mail_begin
mail_ports
{
    printf '[actions]\nredirect_to = watcher@example.net\ncopy_to = copies@example.net\n'
    printf 'copy_actions = discard\n[policy]\nencrypted = accept\n'
    for action in tag junk quarantine reject defer discard redirect strip; do
        printf '[policy %s]\nrcpt = %s*@example.net\nencrypted = %s\n' $action $action $action
    done
} | assayd_conf assayd
mail_start
sample=tests/mail/archive-encrypted-zip.eml
subject=$(header $sample Subject)

for action in accept tag junk quarantine strip discard redirect; do
    post $action $sample $action@example.net
    replied 250 $action
done
post reject $sample reject@example.net
replied 550 reject
case $reply in *'5.7.1 Message refused: '*) ;; *) fail "reject: $reply" ;; esac
post defer $sample defer@example.net
replied 451 defer
case $reply in *4.7.1*) ;; *) fail "defer: $reply" ;; esac

# Several recipients: each gets his own, as far as one message can.
post several $sample accept@example.net quarantine@example.net reject@example.net redirect@example.net
replied 250 several
post marked $sample accept@example.net tag@example.net
replied 250 marked
post nobody $sample quarantine@example.net discard@example.net
replied 250 nobody
post again $sample accept@example.net defer@example.net
replied 451 again
post refused $sample reject@example.net reject2@example.net
replied 550 refused
settle

# box CASE BOX [FOLDER]: it came there, marked; sets $mail
box() {
    mail=$(in_box "$2" "$1" "${3:-}") || fail "$1: nothing came to $2 ${3:-}"
    marked "$mail" "$1"
    case $(header "$mail" X-Assay-Report) in *kind=encrypted*) ;; *) fail "$1: report" ;; esac
}
nowhere() { # CASE BOX
    [ -z "$(in_box "$2" "$1")$(in_box "$2" "$1" Junk)" ] || fail "$1: came to $2"
}
box accept accept
[ "$(header "$mail" Subject)" = "$subject" ] || fail "accept: another subject"
box tag tag
[ "$(header "$mail" Subject)" = "[CAUTION] $subject" ] || fail "tag: $(header "$mail" Subject)"
box junk junk Junk
[ "$(header "$mail" X-Assay-Junk)" = yes ] || fail "junk: no X-Assay-Junk"
box redirect watcher
box discard copies
for action in quarantine strip discard; do
    held $action $action@example.net || fail "$action: no copy is held"
done
for action in quarantine strip discard redirect reject defer; do nowhere $action $action; done
for action in accept tag junk redirect reject defer; do
    held $action $action@example.net && fail "$action: a copy is held"
done

box several accept
box several watcher
held several quarantine@example.net || fail "several: no copy for quarantine@"
held several reject@example.net || fail "several: no copy for reject@"
held several accept@example.net && fail "several: a copy is held for accept@"
for name in quarantine reject redirect; do nowhere several $name; done
box marked accept
[ "$(header "$mail" Subject)" = "[CAUTION] $subject" ] || fail "marked: no tag for both"
box marked tag
held nobody quarantine@example.net || fail "nobody: no copy for quarantine@"
held nobody discard@example.net || fail "nobody: no copy for discard@"
box nobody copies
for name in accept defer; do nowhere again $name; done
held again accept@example.net && fail "again: a copy is held"
for name in reject reject2; do nowhere refused $name; done
[ "$(find "$rig/boxes" -path '*/new/*' -type f | wc -l)" -eq 9 ] ||
    fail "other mail than the 9 in inboxes came: $(grep -h '^Return-Path' -r "$rig/boxes" | sort | tr '\n' ' ')"
echo "mail_actions: 14 mails, 10 delivered, $(assayd_held | wc -l) recipients held"
