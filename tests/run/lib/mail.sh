# SPDX-License-Identifier: MIT
# The whole path: a client, Postfix, assayd, Dovecot; sourced, brings the others along.
#
#   mail_begin                    folder, Dovecot with the junk script, Postfix
#   mail_ports                    a port by Unix socket ($smtp) and one by TCP ($smtp_tcp)
#   mail_start                    after assayd_conf assayd
#   post CASE FILE RCPT...        as CASE@example.org from outside; the reply to the final
#                                 dot in $reply, all replies in $rig/replies
#   settle                        until nothing is left to be delivered
#   in_box BOX CASE [FOLDER]      the file that came there, or status 1
#   held CASE RCPT                is a copy in quarantine?
#   header FILE NAME              the values of a field, one a line
. tests/run/lib/rig.sh
. tests/run/lib/postfix.sh
. tests/run/lib/dovecot.sh
. tests/run/lib/assayd.sh

mail_begin() {
    [ -x "$build/assayd" ] || skip "build/assayd is not built"
    rig_begin
    dovecot_new "$junk_script"
    postfix_new
    postfix_set "virtual_transport = lmtp:inet:127.0.0.1:$lmtp_port"
}
mail_ports() {
    free_port
    milter_tcp=$port
    assayd_also=inet:127.0.0.1:$port
    postfix_smtpd "smtpd_milters = unix:$rig/assayd/milter" "$@"
    smtp=$port
    postfix_smtpd "smtpd_milters = inet:127.0.0.1:$milter_tcp" "$@"
    smtp_tcp=$port
}
mail_start() {
    assayd_start assayd
    dovecot_start
    postfix_start
}
outside='ADDR=192.0.2.1 NAME=client.example.org'
post() {
    case=$1 file=$2
    shift 2
    options=
    for rcpt in "$@"; do options="$options -r $rcpt"; done
    # shellcheck disable=SC2086
    say -x "$outside" -f "$case@example.org" $options 127.0.0.1 "${to:-$smtp}" "$file" \
        >"$rig/replies" || :
    reply=$(sed -n 's/^end //p' "$rig/replies")
}
replied() { # CODE CASE
    case $reply in "$1 "*) ;; *) fail "$2: replied: $(tr '\n' '|' <"$rig/replies")" ;; esac
}
settle() { wait_for 20 postfix_is_empty || fail "Postfix keeps mail"; }
in_box() {
    place=$rig/boxes/$1/${3:+.$3/}
    came=$(grep -lis "^Return-Path: <$2@example.org>" "${place}new"/* "${place}cur"/* || :)
    [ -n "$came" ] && printf '%s\n' "$came"
}
held() { assayd_held | grep -qx "$1@example.org $2"; }
header() {
    awk -v name="$2" '
    /^\r?$/ { exit }
    /^[ \t]/ { if (on) value = value $0; next }
    {
        if (on) print value
        at = index($0, ":")
        on = tolower(substr($0, 1, at - 1)) == tolower(name)
        value = substr($0, at + 1)
        sub(/^ /, "", value)
    }
    END { if (on) print value }' "$1"
}
# Every mail that is delivered bears one SCL and one report, and its own only.
marked() { # FILE CASE
    [ "$(header "$1" X-Assay-SCL | wc -l)" -eq 1 ] || fail "$2: no X-Assay-SCL, or two"
    [ "$(header "$1" X-Assay-Report | wc -l)" -eq 1 ] || fail "$2: no X-Assay-Report, or two"
}
