# SPDX-License-Identifier: MIT
# A Postfix of its own; sourced after rig.sh.
#
#   postfix_new                        configuration below $rig/postfix
#   postfix_set 'NAME = VALUE'...      in main.cf
#   postfix_smtpd [-6] ['NAME = VALUE'...]  one more port of 127.0.0.1 (or ::1), with
#                                      settings of its own; sets $port
#   postfix_start, postfix_stop, postfix_log, postfix_pid
#
# Mail for example.net is put into the Maildir $rig/mail/box.  Clients may say where they
# come from (XCLIENT).  $postfix/etc is what `sendmail -C` and `postqueue -c` want;
# $postfix_spool may be set before, to a folder on another disk.
postfix_new() {
    can postfix postfix
    postfix=$rig/postfix
    postfix_spool=${postfix_spool:-$postfix/spool}
    mkdir -p "$postfix/etc" "$postfix/data" "$postfix_spool" "$rig/mail"
    chown postfix "$postfix/data" "$rig/mail"
    rig_logs="$rig_logs $postfix/log"
    cat >"$postfix/etc/main.cf" <<END
compatibility_level = 3.6
queue_directory = $postfix_spool
data_directory = $postfix/data
maillog_file = $postfix/log
maillog_file_prefixes = $rig
myhostname = mx.example.net
mydestination =
inet_interfaces = loopback-only
inet_protocols = all
mynetworks = 127.0.0.0/8, [::1]/128
alias_maps =
alias_database =
local_recipient_maps =
local_transport = error:nobody is local
local_header_rewrite_clients =
smtpd_peername_lookup = no
smtpd_authorized_xclient_hosts = 127.0.0.0/8, [::1]/128
smtpd_recipient_restrictions = permit_mynetworks, permit_auth_destination, reject
smtpd_relay_restrictions =
smtpd_client_connection_count_limit = 0
default_transport = error:no way out of here
smtputf8_enable = yes
virtual_mailbox_domains = example.net
virtual_mailbox_base = $rig/mail
virtual_mailbox_maps = static:box/
virtual_uid_maps = static:$(id -u postfix)
virtual_gid_maps = static:$(id -g postfix)
virtual_minimum_uid = 1
virtual_mailbox_limit = 0
mailbox_size_limit = 0
message_size_limit = 104857600
milter_default_action = tempfail
END
    cat >"$postfix/etc/master.cf" <<END
pickup unix n - n 1 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
tlsmgr unix - - n 1000? 1 tlsmgr
scache unix - - n - 1 scache
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
showq unix n - n - - showq
postlog unix-dgram n - n - 1 postlogd
END
}
postfix_set() { printf '%s\n' "$@" >>"$postfix/etc/main.cf"; }
postfix_smtpd() {
    at=127.0.0.1
    [ "${1:-}" != -6 ] || { at='[::1]' && shift; }
    free_port
    printf '%s:%s inet n - n - - smtpd\n' "$at" "$port" >>"$postfix/etc/master.cf"
    for setting in "$@"; do
        printf '    -o { %s }\n' "$setting" >>"$postfix/etc/master.cf"
    done
    postfix_first=${postfix_first:-$at $port}
}
postfix_pid() { tr -d ' ' <"$postfix_spool/pid/master.pid"; }
postfix_start() {
    postfix -c "$postfix/etc" start >"$postfix/start" 2>&1 ||
        fail "postfix does not start: $(cat "$postfix/start")"
    at_end postfix_stop
    host=${postfix_first% *}
    host=${host#\[}
    wait_for 20 is_up "${host%\]}" "${postfix_first#* }" ||
        fail "postfix does not answer at $postfix_first"
}
postfix_stop() {
    [ -s "$postfix_spool/pid/master.pid" ] || return 0
    stop_pid "$(postfix_pid)"
}
# Lines of its log, fixed words.
postfix_log() { grep -F -- "$1" "$postfix/log"; }
# Is nothing left to be delivered?
postfix_is_empty() {
    [ -z "$(find "$postfix_spool/maildrop" "$postfix_spool/incoming" \
        "$postfix_spool/active" "$postfix_spool/deferred" -type f 2>/dev/null | head -n 1)" ]
}
