# SPDX-License-Identifier: MIT
# A real Sendmail beside whatever mail server the machine has; sourced after rig.sh.
#
#   sendmail_new PORT-OF-NEXT [M4-LINE...]   configuration below $rig/sendmail
#   sendmail_start                           at $sendmail_port; sendmail_stop
#
# Debian's packages of mail servers exclude each other, so Sendmail's are unpacked into
# build/mta/sendmail and run there.  All mail goes on to 127.0.0.1:PORT-OF-NEXT by SMTP.
sendmail_home=$PWD/build/mta/sendmail
sendmail_unpack() {
    [ ! -x "$sendmail_home/usr/libexec/sendmail/sendmail" ] || return 0
    into=$(mktemp -d)
    rm -rf "$sendmail_home.new"
    mkdir -p "$sendmail_home.new"
    (cd "$into" && apt-get download sendmail-bin sendmail-base sendmail-cf \
        >/dev/null 2>&1) ||
        { rm -rf "$into" && skip "apt-get cannot download sendmail-bin"; }
    for deb in "$into"/*.deb; do dpkg-deb -x "$deb" "$sendmail_home.new"; done
    rm -rf "$into"
    # The group that Debian gives it has no business here.
    chmod g-s "$sendmail_home.new"/usr/libexec/sendmail/*
    mv "$sendmail_home.new" "$sendmail_home"
}
sendmail_new() {
    can m4 m4
    sendmail_unpack
    program=$sendmail_home/usr/libexec/sendmail/sendmail
    missing=$(ldd "$program" | awk '/not found/ { printf "%s ", $1 }')
    [ -z "$missing" ] || skip "sendmail wants $missing(make deps)"
    next=$1
    shift
    sendmail=$rig/sendmail
    mkdir -p "$sendmail/queue" "$sendmail/etc"
    chmod 700 "$sendmail/queue"
    free_port
    sendmail_port=$port
    printf 'hosts files\naliases files\n' >"$sendmail/etc/switch"
    {
        cat <<END
include(\`$sendmail_home/usr/share/sendmail/cf/m4/cf.m4')dnl
VERSIONID(\`a rig of tests')dnl
OSTYPE(\`linux')dnl
define(\`confSERVICE_SWITCH_FILE', \`$sendmail/etc/switch')dnl
define(\`confPID_FILE', \`$sendmail/pid')dnl
define(\`QUEUE_DIR', \`$sendmail/queue')dnl
define(\`STATUS_FILE', \`$sendmail/statistics')dnl
define(\`ALIAS_FILE', \`')dnl
define(\`confCW_FILE', \`/dev/null')dnl
define(\`confDOMAIN_NAME', \`mx2.example.net')dnl
define(\`confDONT_PROBE_INTERFACES', \`True')dnl
define(\`confTO_IDENT', \`0')dnl
define(\`confLOG_LEVEL', \`14')dnl
define(\`confMAX_MESSAGE_SIZE', \`104857600')dnl
define(\`confMILTER_LOG_LEVEL', \`14')dnl
define(\`SMART_HOST', \`relay:[127.0.0.1]')dnl
define(\`RELAY_MAILER_ARGS', \`TCP \$h $next')dnl
FEATURE(\`accept_unresolvable_domains')dnl
FEATURE(\`accept_unqualified_senders')dnl
FEATURE(\`promiscuous_relay')dnl
FEATURE(\`nocanonify')dnl
FEATURE(\`no_default_msa')dnl
DAEMON_OPTIONS(\`Name=MTA, Addr=127.0.0.1, Port=$sendmail_port')dnl
END
        [ $# -eq 0 ] || printf '%s\n' "$@"
        echo "MAILER(\`smtp')dnl"
    } >"$sendmail/etc/sendmail.mc"
    m4 -D_CF_DIR_="$sendmail_home/usr/share/sendmail/cf/" "$sendmail/etc/sendmail.mc" \
        >"$sendmail/etc/sendmail.cf" 2>"$sendmail/m4.err" ||
        fail "m4: $(cat "$sendmail/m4.err")"
    rig_logs="$rig_logs $sendmail/log"
}
sendmail_start() {
    # It waits a minute where the machine's name has no dot: it gets a name of its own.
    unshare --uts sh -c 'echo mx2.example.net >/proc/sys/kernel/hostname && exec "$@"' sh \
        "$sendmail_home/usr/libexec/sendmail/sendmail" -C "$sendmail/etc/sendmail.cf" \
        -bD -q1s -X "$sendmail/log" >"$sendmail/out" 2>&1 &
    sendmail_pid=$!
    at_end sendmail_stop
    wait_for 20 is_up 127.0.0.1 "$sendmail_port" ||
        fail "sendmail does not answer: $(cat "$sendmail/out")"
}
sendmail_stop() {
    stop_pid "${sendmail_pid:-}"
    sendmail_pid=
}
