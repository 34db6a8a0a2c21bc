# SPDX-License-Identifier: MIT
# Dovecot's LMTP with Sieve; sourced after rig.sh.
#
#   dovecot_new [SIEVE-SCRIPT]   the script is run before any of a user's own
#   dovecot_start                at $lmtp_port; dovecot_stop
#
# USER@ANY.DOMAIN's Maildir is $rig/boxes/USER, folder Junk is $rig/boxes/USER/.Junk.
dovecot_new() {
    can dovecot dovecot-lmtpd
    [ -e /usr/lib/dovecot/lmtp ] || skip "dovecot-lmtpd is not installed"
    [ -e /usr/lib/dovecot/modules/lib90_sieve_plugin.so ] ||
        skip "dovecot-sieve is not installed"
    dovecot=$rig/dovecot
    mkdir -p "$dovecot/run" "$dovecot/state" "$rig/boxes"
    # Any user who may own mail will do; Dovecot refuses root.
    chown nobody:nogroup "$rig/boxes"
    free_port
    lmtp_port=$port
    sieve=
    if [ -n "${1:-}" ]; then
        cp "$1" "$dovecot/before.sieve"
        sievec -c /dev/null "$dovecot/before.sieve" ||
            fail "$1 is no Sieve script that Dovecot understands"
        sieve="sieve_before = $dovecot/before.sieve"
    fi
    cat >"$dovecot/dovecot.conf" <<END
base_dir = $dovecot/run
state_dir = $dovecot/state
log_path = $dovecot/log
protocols = lmtp
listen = 127.0.0.1
ssl = no
auth_username_format = %n
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:$rig/boxes/%n
lda_mailbox_autocreate = yes
passdb {
  driver = static
  args = nopassword=y
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=$rig/boxes/%n allow_all_users=yes
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = $lmtp_port
  }
}
protocol lmtp {
  mail_plugins = sieve
}
namespace inbox {
  inbox = yes
  separator = .
}
plugin {
  $sieve
}
END
    rig_logs="$rig_logs $dovecot/log"
}
dovecot_start() {
    dovecot -F -c "$dovecot/dovecot.conf" >"$dovecot/out" 2>&1 &
    dovecot_pid=$!
    at_end dovecot_stop
    wait_for 20 is_up -l 127.0.0.1 "$lmtp_port" ||
        fail "dovecot does not answer: $(cat "$dovecot/out")"
}
dovecot_stop() {
    stop_pid "${dovecot_pid:-}"
    dovecot_pid=
}
# Is there mail in the user's inbox (or in FOLDER)?
delivered() { [ -n "$(find "$rig/boxes/$1/${2:+.$2/}new" -type f 2>/dev/null | head -n 1)" ]; }
# The script that we ship.
junk_script=$PWD/core/front/sieve/assay-junk.sieve
