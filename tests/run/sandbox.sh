#!/bin/sh
# SPDX-License-Identifier: MIT
# A plugin that tries to get out of a worker of `assay scan --isolate`: what it may not
# do is refused or ends the worker, and the log names the plugin and the system call.
# As root, whose workers run as another user or (what they need is not open to that
# one) as root; as an ordinary user; each with the kernel's Landlock and as though it
# were that of Linux 6.1 (ABI 2).
set -eu
cd "$(dirname "$0")/../.."
build=$(cd "${ASSAY_BUILD:-build}" && pwd)
# A sanitizer's runtime makes each of these scans take seconds.
if [ "${build##*/}" = san ]; then
    echo 'sandbox.sh: a sanitized build: skipped'
    exit 0
fi
dir=$(mktemp -d "${TMPDIR:-/tmp}/assay-sandbox.XXXXXX")
trap 'rm -rf "$dir"' EXIT
fail() {
    echo "sandbox.sh: $who${abi:+, Landlock $abi}: $*" >&2
    exit 1
}

chmod 755 "$dir"
mkdir -m 755 "$dir/open"
mkdir -m 700 "$dir/shut"
cp "$build/assay" "$dir/open/"
cp "$build/bad/probe.so" "$dir/open/"
cp "$build/bad/probe.so" "$dir/shut/"
printf 'Subject: x\n\nNothing here.\n' >"$dir/open/mail.eml"

# What is tried, each by a mail of its own: TRY PATH and what must come of it: an
# error's name (or several with | between), "denied CALL": refused with EPERM by the
# filter of system calls, and told; "fatal CALL": the worker ends, and everybody says who
# did what.
mkdir -m 755 "$dir/open/mails"
{
    for path in /etc/shadow "$dir/open/precious" /proc/self/maps; do
        echo "open $path EACCES|EPERM"
    done
    for try in write truncate unlink; do
        echo "$try $dir/open/precious EACCES|EPERM"
    done
    echo "create $dir/open/new EACCES|EPERM"
    echo "mkdir /tmp/assay-sandbox-new-$$ EACCES|EPERM"
    echo "chmod $dir/open/precious EACCES|EPERM|allowed" # looked at afterwards
    echo 'environ /nowhere ENODATA'
    echo 'environ_file /nowhere EACCES|EPERM'
    echo 'content_fd /nowhere allowed'
    for pair in socket_unix:socket pidfd_parent:pidfd_open setuid:setresuid; do
        echo "${pair%:*} /nowhere denied ${pair#*:}"
    done
    for pair in socket:socket connect:connect exec:execve exec_memory:execveat ptrace:ptrace \
        read_parent:process_vm_readv kill_parent:kill signal_parent:kill unshare:unshare mount:mount \
        io_uring:io_uring_setup bpf:bpf keyctl:keyctl perf:perf_event_open; do
        echo "${pair%:*} /bin/true fatal ${pair#*:}"
    done
} >"$dir/attempts"
while read -r try path _; do
    printf 'Subject: x\n\nASSAY-TRY %s %s\n' "$try" "$path" \
        >"$dir/open/mails/$(printf %s "$try$path" | tr / _).eml"
done <"$dir/attempts"

# scan FOLDER TRY PATH MORE MAILS: the plugin from FOLDER makes its attempts.
scan() {
    printf '[plugin probe]\nfile = %s/probe.so\ntry = %s\npath = %s\n[pool]\n%s\n' \
        "$dir/$1" "$2" "$3" "workers_max = 1
breaker_failures = 1000
${4:-}" >"$dir/open/probe.conf"
    status=0
    # shellcheck disable=SC2086
    SECRET=in-the-environment ${abi:+env ASSAY_LANDLOCK_ABI=$abi} $as "$dir/open/assay" \
        scan --isolate --verbose --json --config "$dir/open/probe.conf" "${5:-$dir/open/mail.eml}" \
        >"$dir/out" 2>"$dir/err" || status=$?
}

# came NAME: what came of an attempt.
came() {
    jq -r --arg name "$1" '.findings[] | select(.plugin == "probe" and .name == $name) | .text' "$dir/out"
}

told() { # a regular expression of one line of the log
    grep -q "$1" "$dir/err" || fail "the log does not say \"$1\": $(cat "$dir/err")"
}

# expect TRY PATH WANTED [CALL]: of one line of the attempts.
expect() {
    mail="$(printf %s "$1$2" | tr / _).eml"
    case $3 in
    denied)
        grep -Fqx "$mail info $1 EPERM" "$dir/came" || fail "$1: not refused"
        told "says=\"denied system call $4 ([0-9]*) by probe\\\""
        ;;
    fatal)
        grep -Fq "$mail failed denied made a forbidden system call: $4 (" "$dir/came" ||
            fail "$1: the finding does not name it"
        told "event=worker .*says=\"denied system call $4 ([0-9]*) by probe: ends the process"
        told "event=crash .*plugin=probe reason=denied denied=$4"
        ;;
    *)
        came=$(grep -F "$mail info $1 " "$dir/came") || fail "$1 $2: nothing came of it"
        echo "${came#"$mail info $1 "}" | grep -Eqx "$3" || fail "$1 $2: $came, not $3"
        ;;
    esac
}

# all FOLDER: every attempt from a plugin that lies there.
all() {
    echo precious >"$dir/open/precious"
    chmod 666 "$dir/open/precious"
    scan "$1" told /nowhere '' "$dir/open/mails"
    [ "$status" -eq 2 ] || fail "status $status, not 2: $(cat "$dir/err")"
    jq -r '(.file | sub(".*/"; "")) as $mail | .findings[] | select(.plugin == "probe") |
        "\($mail) \(.kind) \(.name) \(.text)"' "$dir/out" >"$dir/came"
    while read -r try path wanted call; do
        expect "$try" "$path" "$wanted" "$call"
    done <"$dir/attempts"
    [ "$(stat -c %a:%s "$dir/open/precious")" = 666:9 ] || fail "a foreign file was changed"
    [ ! -e "$dir/open/new" ] || fail "a file was made"
}

# given MEASURE WHAT: the worker's own word.
given() {
    told "event=sandbox class=probe .*$1=$2"
}

both() { # FOLDER
    for abi in '' 2; do
        all "$1"
        scan "$1" nothing /nowhere
        [ "$(came nothing)" = allowed ] || fail "a good plugin has not worked: $(cat "$dir/err")"
        [ -z "$abi" ] || given landlock "\"\\(partly\\|missing\\): "
        [ -z "$abi" ] || ! grep -q 'landlock="given' "$dir/err" || fail "Landlock is not masked"
        given seccomp given
    done
    abi=
}

abi=
as=
if [ "$(id -u)" -ne 0 ]; then
    who="an ordinary user"
    both open
    echo 'sandbox.sh: not root: that part is skipped'
else
    who='root, workers as another user'
    both open
    given uid given
    ! grep -q 'sandbox.gap.*measure=uid' "$dir/err" || fail "root was not given up"

    who='root, workers as root'
    abi=2
    all shut
    abi=
    scan shut nothing /nowhere
    told 'event=sandbox.gap class=probe measure=uid why="user [0-9]* may not read '
    [ "$(grep -c 'sandbox.gap.*measure=uid' "$dir/err")" -eq 1 ] || fail "a gap is told more than once"
    scan shut nothing /nowhere 'sandbox = required'
    [ "$status" -eq 2 ] || fail "required: status $status, not 2"
    told 'sandbox = required, but user [0-9]* may not read .*/shut/probe.so: open it to that user'
    [ ! -s "$dir/out" ] || fail "required, but it has scanned: $(cat "$dir/out")"

    who='root, plugin of the workers'
    cp "$dir/open/probe.so" "$dir/open/theirs.so"
    chown nobody "$dir/open/theirs.so"
    scan open nothing /nowhere
    sed 's/probe\.so/theirs.so/; $a user = nobody' "$dir/open/probe.conf" >"$dir/open/theirs.conf"
    "$build/assay" scan --isolate --config "$dir/open/theirs.conf" "$dir/open/mail.eml" \
        >"$dir/out" 2>"$dir/err" && fail "a plugin of the workers' user is no trouble"
    told 'theirs.so: belongs to user [0-9]*, who could change what runs here: it must belong to root'

    who="an ordinary user"
    as="setpriv --reuid nobody --regid nogroup --clear-groups"
    both open
fi
who='assay plugins'
as=
for abi in '' 2; do
    ${abi:+env ASSAY_LANDLOCK_ABI=$abi} "$dir/open/assay" plugins --json --config "$dir/open/probe.conf" \
        >"$dir/out" 2>"$dir/err" || fail "$(cat "$dir/err")"
    jq -e -s --argjson abi "${abi:-0}" 'last.sandbox | .seccomp.state == "given"
        and ($abi == 0 or .landlock_abi == 0 or (.landlock_abi == 2 and .landlock.state == "partly"))' \
        "$dir/out" >/dev/null || fail "the sandbox is not told: $(cat "$dir/out")"
done
abi=
"$dir/open/assay" plugins --config "$dir/open/probe.conf" >"$dir/out"
grep -q '^  seccomp  *given' "$dir/out" || fail "the sandbox is not told in words"
echo 'sandbox.sh: nothing got out'
