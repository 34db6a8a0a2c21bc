#!/bin/sh
# SPDX-License-Identifier: MIT
#
# No mail is lost, whatever dies: `make torture-mail`, and its short form in make test.
#
# Mails of every fate go through Postfix, assayd behind it, and Dovecot's LMTP, while
# front, zygote, workers, Postfix's smtpd and Dovecot's lmtp are killed, the quarantine's
# disk is full now and then, a plugin hangs at times, and signatures are read anew.
# Afterwards every mail is looked for; the last line is the ledger
# (torture_ledger.c tells what its words mean).
#
#     torture_mail.sh MAILS KILLS FAULTS [SEED]     kills of each of the five
set -eu
cd "$(dirname "$0")/../.."
. tests/run/lib/rig.sh
. tests/run/lib/postfix.sh
. tests/run/lib/dovecot.sh
. tests/run/lib/assayd.sh
rig_name=torture_mail
mails=$1
kills=$2
faults=$3
seed=${4:-$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')}
[ -x "$build/assayd" ] || skip "build/assayd is not built"
rig_begin

# The quarantine's disk: small, and its own.
mkdir -p "$rig/assayd/quarantine"
mount -t tmpfs -o "size=$((64 + mails / 100))m,mode=700" none "$rig/assayd/quarantine" 2>/dev/null ||
    skip "no tmpfs can be mounted here"
at_end "umount '$rig/assayd/quarantine'"

dovecot_new "$junk_script"
postfix_new
postfix_set "virtual_transport = lmtp:inet:127.0.0.1:$lmtp_port" \
    'minimal_backoff_time = 1s' 'maximal_backoff_time = 5s' 'queue_run_delay = 1s' \
    'transport_retry_time = 1s' 'service_throttle_time = 1s' \
    'lmtp_destination_concurrency_failed_cohort_limit = 1000' \
    'smtpd_error_sleep_time = 0' 'smtpd_soft_error_limit = 1000' \
    'smtpd_hard_error_limit = 10000' 'milter_connect_timeout = 5s'
postfix_smtpd "smtpd_milters = unix:$rig/assayd/milter"
smtp=$port
assayd_quarantine='min_free = 1 MiB'
assayd_conf assayd <<END
[verdict]
gateway_action = junk
[policy]
malware = quarantine
policy = reject
encrypted = tag
[policy held]
rcpt = held*@example.net
encrypted = quarantine
[pool]
breaker_failures = 1000
[class aside]
plugin_time = 1 s
[plugin sleeper]
file = $build/bad/sleeps_at_times.so
class = aside
one_in = 400
END
dovecot_start
postfix_start

echo "torture_mail: $mails mails, $kills kills of each, seed $seed" >&2
status=0
"$build/torture_mail" --port "$smtp" --mails "$mails" --kills "$kills" --faults "$faults" \
    --seed "$seed" --seconds $((mails / 8 + 120)) --postfix "$(postfix_pid)" \
    --dovecot "$dovecot_pid" --templates tests/mail \
    --fill "$rig/assayd/quarantine/filler" --socket "$rig/assayd/milter" \
    --records "$rig/records" --sum "$rig/sum" -- \
    "$build/assayd" --config "$rig/assayd.conf" 2>"$rig/err" >>"$rig/assayd.log" || status=1
grep '^torture_mail' "$rig/err" >&2 || :
wait_for 120 postfix_is_empty || { echo "torture_mail: Postfix keeps mail" >&2 && status=1; }
assayd_held >"$rig/held" || fail "the quarantine cannot be listed"
"$build/torture_ledger" "$rig/records" "$rig/boxes" "$rig/held" "$rig/sum" || status=1
exit $status
