#!/bin/sh
# SPDX-License-Identifier: MIT
# `assay scan --isolate` that root starts: a parent with three capabilities, a front and
# workers of two other users; mail that only root may read is scanned; all of it holds
# over reloads and a killed zygote; and nobody outlives a killed front or parent.
set -eu
cd "$(dirname "$0")/../.."
build=$(cd "${ASSAY_BUILD:-build}" && pwd)
if [ "$(id -u)" -ne 0 ]; then
    echo 'root.sh: not root: skipped'
    exit 0
fi
dir=$(mktemp -d "${TMPDIR:-/tmp}/assay-root.XXXXXX")
pids=
end() {
    # shellcheck disable=SC2086
    [ -z "$pids" ] || kill -9 $pids 2>/dev/null || true
    rm -rf "$dir"
}
trap end EXIT
fail() {
    echo "root.sh: $*" >&2
    exit 1
}

# Where every user may open it; the mail where only root may.
chmod 755 "$dir"
mkdir -m 755 "$dir/open"
mkdir -m 700 "$dir/shut"
cp "$build/assay" "$build/bad/crash_on_word.so" "$dir/open/"
for i in $(seq 100); do
    printf 'Subject: %d\n\nASSAY-TEST-FOUND %d\n' "$i" "$i" >"$dir/shut/$i.eml"
    echo "$dir/shut/$i.eml"
done >"$dir/shut/list"
awk '{ a[NR] = $0 } END { for (i = 0; i < 1000; i++) for (k = 1; k <= NR; k++) print a[k] }' \
    "$dir/shut/list" >"$dir/shut/long" # more than it gets to
chmod 600 "$dir"/shut/*.eml
conf() { # MORE
    printf '[pool]\nworkers_min = 2\nworkers_max = 2\nwatch = no\n%s\n' "${1:-}"
    printf '[plugin %s]\nfile = %s/open/crash_on_word.so\nclass = %s\n' \
        word "$dir" main apart "$dir" apart
}
conf >"$dir/open/plugins.conf"

# begin: a long scan; its processes in $pids, once all are there.
begin() {
    "$dir/open/assay" scan --isolate --json --config "$dir/open/plugins.conf" \
        --control "$dir/shut/control" --files-from "$dir/shut/long" >"$dir/out" 2>"$dir/err" &
    parent=$!
    pids=$parent
    for i in $(seq 200); do
        [ ! -s "$dir/out" ] || break
        sleep 0.05
    done
    [ -s "$dir/out" ] || fail "nothing is scanned: $(cat "$dir/err")"
    see
}

field() { # PID NAME
    awk -v name="$2:" '$1 == name { print $2 }' "/proc/$1/status" 2>/dev/null || true
}

# Everybody is there: two zygotes with workers.  Lines of process, place, user.
is_whole() {
    ps -e -o pid= -o ppid= -o uid= -o args= | awk -v top="$parent" '
        { above[$1] = $2; uid[$1] = $3; args[$1] = $4 " " $5 }
        END {
            for (p in uid)
                if (p == top) print p, "parent", uid[p]
                else if (above[p] == top) print p, args[p] ~ /zygote/ ? "zygote" : "front", uid[p]
                else if (above[p] in above && above[above[p]] == top) print p, "worker", uid[p]
        }' >"$dir/all"
    pids=$(cut -d' ' -f1 "$dir/all")
    front=$(sed -n 's/ front .*//p' "$dir/all")
    zygotes=$(sed -n 's/ zygote .*//p' "$dir/all")
    [ "$(grep -c zygote "$dir/all")" -eq 2 ] && [ "$(grep -c worker "$dir/all")" -ge 2 ] && [ -n "$front" ]
}

# see: whether everybody is who he should be.
see() {
    for i in $(seq 200); do
        ! is_whole || break
        sleep 0.02
    done
    is_whole || fail "somebody is missing: $(cat "$dir/all" "$dir/err")"
    [ "$(field "$parent" CapEff)" = 00000000000000e0 ] || fail "the parent has $(field "$parent" CapEff)"
    # 4: may read every file
    [ "$(field "$front" CapEff)" = 0000000000000004 ] || fail "the front has $(field "$front" CapEff)"
    ! grep -Ev " parent 0$| front $front_uid$| (zygote|worker) $worker_uid$" "$dir/all" ||
        fail "they have other users"
}

are_gone() { # PIDS
    for i in $(seq 200); do
        left=
        for pid in "$@"; do
            case $(field "$pid" State) in '' | Z) ;; *) left="$left $pid" ;; esac
        done
        [ -n "$left" ] || return 0
        sleep 0.05
    done
    return 1
}

front_uid=$(id -u assay 2>/dev/null || id -u daemon)
worker_user=assay-worker
id -u assay-worker >/dev/null 2>&1 || worker_user=nobody
worker_uid=$(id -u $worker_user)

begin
for i in 1 2 3; do
    "$dir/open/assay" reload --socket "$dir/shut/control" >"$dir/reload" 2>&1 ||
        fail "reload $i: $(cat "$dir/reload" "$dir/err")"
    see
done
for pid in $zygotes; do
    kill -9 "$pid"
    are_gone "$pid" || fail "zygote $pid is still there"
    see
done
# It answers meanwhile, and nobody is blamed.
kill -TERM "$parent"
status=0
{ wait "$parent" || status=$?; } 2>/dev/null
[ "$status" -eq 143 ] || fail "ended by SIGTERM it says $status: $(cat "$dir/err")"
# shellcheck disable=SC2086
are_gone $pids || fail "somebody outlives SIGTERM"
[ ! -e "$dir/shut/control" ] || fail "the control socket is left behind"
sed -n '100~100p' "$dir/out" >"$dir/some"
jq -e -s 'length > 10 and all(.[]; [.findings[] | "\(.plugin):\(.name)"] ==
    ["word:Test.Word", "apart:Test.Word"])' "$dir/some" >/dev/null ||
    fail "not everything was answered"

for victim in front parent; do
    begin
    eval "kill -9 \$$victim"
    # shellcheck disable=SC2086
    are_gone $pids || fail "somebody outlives the $victim: $left"
    { wait "$parent" || true; } 2>/dev/null
    rm -f "$dir/shut/control"
done
pids=

# A whole run answers every message, in order.
status=0
"$dir/open/assay" scan --isolate --json --config "$dir/open/plugins.conf" \
    --files-from "$dir/shut/list" >"$dir/out" 2>"$dir/err" || status=$?
[ "$status" -eq 1 ] || fail "status $status: $(cat "$dir/err")"
jq -r .file "$dir/out" | cmp -s - "$dir/shut/list" || fail "the answers are not in the input's order"

# What goes wrong is told.
conf "front_user = $worker_user" >"$dir/open/same.conf"
"$dir/open/assay" scan --isolate --config "$dir/open/same.conf" "$dir/shut/1.eml" >"$dir/out" 2>"$dir/err" &&
    fail "front and workers are the same user"
grep -q 'front and workers need different users' "$dir/err" || fail "why is not said: $(cat "$dir/err")"
cp "$dir/open/crash_on_word.so" "$dir/shut/"
sed "s,/open/,/shut/," "$dir/open/plugins.conf" >"$dir/open/shut.conf"
"$dir/open/assay" scan --isolate --config "$dir/open/shut.conf" "$dir/shut/1.eml" >"$dir/out" 2>"$dir/err" ||
    test $? -eq 1 || fail "it does not go on as root: $(cat "$dir/err")"
grep -q "event=front.root why=\"user [0-9]* may not read $dir/shut/crash_on_word.so" "$dir/err" ||
    fail "that it goes on as root is not told: $(cat "$dir/err")"
echo 'root.sh: three users, none with more than it needs, none left behind'
