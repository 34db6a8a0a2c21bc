# SPDX-License-Identifier: MIT
# What a script with real servers begins with; sourced, from the repository's root.
#
#   $rig      its own folder, gone at the end        $build   absolute
#   skip WHY, fail WHY [LOG...], at_end COMMAND, wait_for SECONDS COMMAND...,
#   free_port (sets $port), stop_pid PID, can COMMAND PACKAGE
#
# Servers listen on loopback only, keep everything below $rig, and are ended by their
# process ids, whatever happens.
rig_name=$(basename "$0" .sh)
build=${ASSAY_BUILD:-build}
case $build in /*) ;; *) build=$PWD/$build ;; esac
PATH=$PATH:/usr/sbin:/sbin
rig_logs=
rig_ends=:

skip() {
    echo "$rig_name: skipped: $*"
    exit 0
}
fail() {
    echo "$rig_name: $*" >&2
    for log in $rig_logs; do
        [ ! -s "$log" ] || { echo "--- ${log#"$rig"/}" && tail -n 25 "$log"; } >&2
    done
    exit 1
}
# Said last, done first.
at_end() { rig_ends="$1; $rig_ends"; }
can() { command -v "$1" >/dev/null || skip "$1 is not installed (Debian: apt-get install $2)"; }

rig_finish() {
    status=$?
    trap - EXIT
    eval "$rig_ends" || :
    if [ -n "${KEEP_RIG:-}" ]; then echo "$rig_name: kept: $rig" >&2; else rm -rf "$rig"; fi
    exit $status
}
rig_begin() {
    [ "$(id -u)" -eq 0 ] || skip "only root can start mail servers"
    rig=$(mktemp -d)
    chmod 755 "$rig" # servers' users go through it
    trap rig_finish EXIT
    trap 'exit 130' INT TERM HUP PIPE
}

# Until the command holds, looked at ten times a second; status 1 when the time is over.
wait_for() {
    tries=$(($1 * 10))
    shift
    while ! "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || return 1
        sleep 0.1
    done
}
is_gone() { ! kill -0 "$1" 2>/dev/null; }
# Ends a process in ten seconds, by force after that; none is fine.
stop_pid() {
    [ -n "${1:-}" ] || return 0
    kill "$1" 2>/dev/null || return 0
    wait_for 10 is_gone "$1" || kill -9 "$1" 2>/dev/null || :
    wait "$1" 2>/dev/null || :
}

# The next port that nobody listens at.
port=$((20000 + $$ % 20000))
free_port() {
    port=$((port + 1))
    while grep -qi ":$(printf %04X $port) 0" /proc/net/tcp /proc/net/tcp6 2>/dev/null; do
        port=$((port + 1))
    done
}
say() { "$build/mta/say" "$@"; }
is_up() { timeout 2 "$build/mta/say" "$@"; }
