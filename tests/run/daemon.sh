#!/bin/sh
# SPDX-License-Identifier: MIT
# assayd as a program: a wrong configuration, a start as root and as a user, what a
# service manager hears, reload, alarms, drain, stop with mail in flight, a control
# socket that is somebody else's.
set -eu
cd "$(dirname "$0")/../.."
build=$(cd "${ASSAY_BUILD:-build}" && pwd)
for tool in socat jq; do
    command -v $tool >/dev/null || {
        echo "daemon.sh: $tool is not installed: skipped"
        exit 0
    }
done
dir=$(mktemp -d "${TMPDIR:-/tmp}/assay-daemon.XXXXXX")
pids=
end() {
    # shellcheck disable=SC2086
    [ -z "$pids" ] || kill -9 $pids 2>/dev/null || true
    rm -rf "$dir"
}
trap end EXIT
fail() {
    echo "daemon.sh: $*" >&2
    [ ! -s "$dir/err" ] || cat "$dir/err" >&2
    exit 1
}
# until SECONDS CONDITION...
until_true() {
    tries=$(($1 * 20))
    shift
    while ! "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || return 1
        sleep 0.05
    done
}
is_gone() { ! kill -0 "$1" 2>/dev/null; }
chmod 755 "$dir"
mkdir -m 755 "$dir/open" "$dir/run"
cp "$build/assayd" "$build/assay" "$build/bad/crash_on_word.so" "$build/bad/engine.so" "$dir/open/"
assayd=$dir/open/assayd
control="$dir/run/control"
conf=$dir/open/plugins.conf
write_conf() { # MORE
    cat >"$conf" <<CONF
[daemon]
control = $control
stop_time = 1 s
[milter]
listen = unix:$dir/run/milter
[pool]
workers_min = 1
workers_max = 1
watch = no
plugin_time = 20 s
[quarantine]
folder = $dir/held
[plugin word]
file = $dir/open/crash_on_word.so
${1:-}
CONF
}
front_user=$(id -u assay >/dev/null 2>&1 && echo assay || echo daemon)
mkdir -m 750 "$dir/held"
[ "$(id -u)" -ne 0 ] || chown "$front_user" "$dir/held"

# --- the command line, and a wrong configuration --------------------------------------

"$assayd" --help >"$dir/out" && grep -q 'Exit status' "$dir/out" || fail '--help'
"$assayd" --version | grep -q '^assayd [0-9]' || fail '--version'
says() { # STATUS TEXT ARGUMENTS...
    status=$1
    text=$2
    shift 2
    got=0
    timeout 60 "$assayd" "$@" >"$dir/said" 2>&1 || got=$?
    [ $got -eq "$status" ] || fail "$*: status $got, not $status: $(cat "$dir/said")"
    sed "s,$dir/open/,," "$dir/said" | grep -Fq -- "$text" || fail "$*: not \"$text\", but: $(cat "$dir/said")"
}
says 2 'assayd: Unknown option --nonsense' --nonsense
says 2 '"x" is not wanted here' x
write_conf
says 0 'plugins.conf: right; 1 plugin can be used' --check --config "$conf"
for wrong in 'stop_time = soon|stop_time: "soon" is not' 'log = paper|log: "paper" is not' \
    'controll = /x|controll: no such option; nearest is control'; do
    printf '[daemon]\n%s\n' "${wrong%|*}" >"$conf"
    says 2 "plugins.conf:2: [daemon] ${wrong#*|}" --check --config "$conf"
    says 2 "plugins.conf:2: [daemon] ${wrong#*|}" --config "$conf"
done
printf '[alarm]\nalarm_to = -oQ/tmp\n' >"$conf"
says 2 'plugins.conf:2: [alarm] alarm_to: "-oQ/tmp" is not an address' --config "$conf"
printf '[milter]\nlisten = nowhere\n' >"$conf"
says 2 'plugins.conf:2: [milter] listen: "nowhere"' --check --config "$conf"
says 2 'plugins.conf:2: [milter] listen: "nowhere"' --config "$conf"

# --- starting and ending ----------------------------------------------------------------

# A service manager that writes down what it hears.
manager() {
    rm -f "$dir/run/notify" "$dir/heard"
    socat -u "UNIX-RECV:$dir/run/notify" "OPEN:$dir/heard,creat,append" &
    manager=$!
    pids="$pids $manager"
    until_true 10 test -S "$dir/run/notify" || fail 'no manager'
    chmod 777 "$dir/run/notify"
}
# start VARIABLE=VALUE...: and wait until it is ready.
start() {
    manager
    env NOTIFY_SOCKET="$dir/run/notify" "$@" "$assayd" --config "$conf" >"$dir/out" 2>"$dir/err" &
    daemon=$!
    pids="$pids $daemon"
    until_true 30 grep -q READY=1 "$dir/heard" || fail 'it is not ready'
}
status() { "$dir/open/assay" status --json --socket "$control"; }
alarm() { status | jq -e --arg name "$1" 'any(.alarms[]; .name == $name)' >/dev/null; }
ended() { # STATUS
    until_true 30 is_gone $daemon || fail 'it does not end'
    got=0
    { wait $daemon || got=$?; } 2>/dev/null
    [ $got -eq "$1" ] || fail "it ended with $got, not $1"
    grep -q STOPPING=1 "$dir/heard" || fail 'the manager did not hear that it stops'
    ! ls "$dir/run/control" 2>/dev/null || fail 'the control socket is left behind'
    kill $manager 2>/dev/null || true
}

write_conf
start
status >"$dir/status" || fail "status: $?"
jq -e '.daemon.state == "running" and .alarms == [] and .generation.number == 1 and (.front | type) == "object"' \
    "$dir/status" >/dev/null || fail "the status: $(cat "$dir/status")"
if [ "$(id -u)" -eq 0 ]; then
    front=$(ps -o pid= --ppid $daemon -o args= | awk '!/zygote/ { print $1; exit }')
    [ "$(ps -o uid= -p "$front" | tr -d ' ')" = "$(id -u "$front_user")" ] || fail 'the front is not its user'
    grep -q '^CapEff:.0000000000000000$' "/proc/$front/status" || fail 'the front has capabilities'
    grep -q '^CapEff:.00000000000000e0$' "/proc/$daemon/status" || fail 'the parent has other capabilities'
    grep -q '^NoNewPrivs:.1$' "/proc/$daemon/status" || fail 'the parent may gain rights'
fi

# Nobody takes its place, and it takes nobody's.
says 1 'another process listens there' --config "$conf"
status >/dev/null || fail 'another start has done harm'

# --- reload, and alarms -------------------------------------------------------------------

"$dir/open/assay" reload --socket "$control" >"$dir/reload" || fail "reload: $(cat "$dir/reload")"
tr '\n' ' ' <"$dir/heard" | grep -q 'RELOADING=1 MONOTONIC_USEC=[0-9]*' || fail 'the manager did not hear of the reload'
write_conf 'no_such_option = 1'
got=0
"$dir/open/assay" reload --socket "$control" >"$dir/reload" 2>&1 || got=$?
[ $got -eq 2 ] || fail "a wrong configuration: reload says $got"
grep -q 'plugins.conf:1[0-9]: \[word\] no_such_option: no such option' "$dir/reload" ||
    fail "a wrong configuration: reload says $(cat "$dir/reload")"
got=0
status >"$dir/status" || got=$?
[ $got -eq 1 ] || fail "status of an alarm: $got"
jq -e '.generation.number == 2 and .alarms[0].name == "reload"' "$dir/status" >/dev/null ||
    fail "no alarm: $(cat "$dir/status")"
grep -q 'event=alarm alarm=reload state=raised' "$dir/err" || fail 'the alarm is not logged'
write_conf
kill -HUP $daemon
until_true 20 status || fail 'a right configuration does not clear the alarm'
grep -q 'event=alarm alarm=reload state=cleared' "$dir/err" || fail 'its end is not logged'
[ "$(grep -c 'alarm=reload' "$dir/err")" -eq 2 ] || fail 'an alarm is told more than twice'

# A malware engine without real signatures.
write_conf "[plugin engine]
file = $dir/open/engine.so
tests = yes"
"$dir/open/assay" reload --socket "$control" >/dev/null || fail 'reload with an engine'
until_true 20 alarm signatures.engine || fail 'test signatures are no alarm'
sed -i 's/^tests = yes/days = 8/' "$conf"
"$dir/open/assay" reload --socket "$control" >/dev/null || fail 'reload with an old engine'
sleep 0 && until_true 20 alarm signatures.engine || fail 'old signatures are no alarm'
sed -i 's/^days = 8/days = 1/' "$conf"
"$dir/open/assay" reload --socket "$control" >/dev/null || fail 'reload with a fresh engine'
until_true 20 status || fail 'fresh signatures do not clear the alarm'

# --- drain, stop, mail in flight --------------------------------------------------------------

timeout 30 "$dir/open/assay" drain --socket "$control" >"$dir/out" || fail 'drain'
status | jq -e '.daemon.state == "draining"' >/dev/null || fail 'it does not say that it drains'
kill -0 $daemon || fail 'drained it has ended'
timeout 30 "$dir/open/assay" stop --socket "$control" >"$dir/out" || fail 'stop'
ended 0

# packet LETTER DATA: one of the milter protocol; DATA is a format of printf.
packet() {
    # shellcheck disable=SC2059
    n=$(($(printf "$2" | wc -c) + 1))
    printf "\\000\\000\\$(printf %03o $((n / 256)))\\$(printf %03o $((n % 256)))$1$2"
}
# A mail on which the plugin hangs, up to its end.
hanging_mail() {
    packet O '\000\000\000\006\000\000\001\377\000\037\377\377'
    packet C 'client.example\0004\000\031192.0.2.1\000'
    packet H 'client.example\000'
    packet M '<a@example.org>\000'
    packet R '<b@example.org>\000'
    packet T ''
    packet L 'Subject\000 x\000'
    packet N ''
    packet B 'ASSAY-TEST-HANG\r\n'
    packet E ''
    sleep 60
}
write_conf
start WATCHDOG_USEC=1000000
hanging_mail | socat -t 60 - "UNIX-CONNECT:$dir/run/milter" >"$dir/answers" 2>/dev/null &
pids="$pids $!"
has_mail() { status | jq -e '.daemon.open_mails == 1' >/dev/null; }
until_true 20 has_mail || fail "the mail does not arrive: $(status)"
kill -TERM $daemon
ended 0
grep -q 'event=daemon.give-up mails=1' "$dir/err" || fail 'it does not say that it gives up'
until_true 5 test -s "$dir/answers"
# The last packet is "t", try again later, or "y4..", a reply that says so.
tail -c 100 "$dir/answers" | od -An -v -tx1 | tr -d ' \n' | grep -Eq '(0000000174|7934[0-9a-f]*)$' ||
    fail "the mail is not deferred: $(od -c "$dir/answers" | tail -5)"
grep -q WATCHDOG=1 "$dir/heard" || fail 'the watchdog is not told'

# Who does not turn does not tell the watchdog.
start WATCHDOG_USEC=400000
front=$daemon
[ "$(id -u)" -ne 0 ] || front=$(ps -o pid= --ppid $daemon -o args= | awk '!/zygote/ { print $1; exit }')
until_true 10 grep -q WATCHDOG=1 "$dir/heard" || fail 'the watchdog is not told'
kill -STOP "$front"
sleep 0.5 # what was on its way
before=$(grep -c WATCHDOG=1 "$dir/heard")
sleep 1
[ "$(grep -c WATCHDOG=1 "$dir/heard")" -eq "$before" ] || fail 'a front that stands still tells the watchdog'
kill -CONT "$front"
kill -TERM $daemon
ended 0

# --- a control socket that is gone, or somebody else's ----------------------------------------

start
rm "$control"
got=0
status >"$dir/status" 2>&1 || got=$?
[ $got -eq 2 ] || fail "status without a socket: $got"
kill -0 $daemon || fail 'without its control socket it has ended'
kill -TERM $daemon
ended 0
echo precious >"$control"
says 1 'there is a file that is not a socket' --config "$conf"
[ "$(cat "$control")" = precious ] || fail 'it has removed a file'
rm "$control"

# --- as a user, and with sockets of somebody else ------------------------------------------------

if [ "$(id -u)" -eq 0 ]; then
    chown "$front_user" "$dir/run"
    rm -f "$dir/run/milter" # root's, from before
    setpriv --reuid "$front_user" --regid "$(id -g "$front_user")" --clear-groups \
        "$assayd" --config "$conf" >"$dir/out" 2>"$dir/err" &
    daemon=$!
    pids="$pids $daemon"
    until_true 30 status || fail 'as a user it does not start'
    kill -TERM $daemon
    until_true 30 is_gone $daemon || fail 'as a user it does not end'
    [ ! -e "$control" ] || fail 'as a user it leaves its socket behind'
    chown root "$dir/run"
    # Workers that cannot read their plugin: not as root then.
    chmod 700 "$dir/open"
    says 2 'open it to that user' --config "$conf"
    chmod 755 "$dir/open"
fi
if command -v systemd-socket-activate >/dev/null; then
    rm -f "$dir/run/milter"
    systemd-socket-activate -l "$dir/run/activated" "$assayd" --config "$conf" >"$dir/out" 2>"$dir/err" &
    daemon=$!
    pids="$pids $daemon"
    until_true 10 test -S "$dir/run/activated" || fail 'nothing is activated'
    packet O '\000\000\000\006\000\000\001\377\000\037\377\377' |
        socat -t 30 - "UNIX-CONNECT:$dir/run/activated" >"$dir/answers"
    head -c 5 "$dir/answers" | tail -c 1 | grep -q O || fail 'at an activated socket nobody answers'
    [ ! -e "$dir/run/milter" ] || fail 'beside an activated socket it opens its own'
    kill -TERM $daemon
    until_true 30 is_gone $daemon || fail 'activated it does not end'
else
    echo 'daemon.sh: no systemd-socket-activate: that part is skipped'
fi
echo 'daemon: starts, reloads, drains and stops as told'
