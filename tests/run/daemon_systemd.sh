#!/bin/sh
# SPDX-License-Identifier: MIT
# What `make install` gives a Debian machine: files, users, and units that systemd takes
# and finds hard enough.
set -eu
cd "$(dirname "$0")/../.."
build=${ASSAY_BUILD:-build}
exposure_max=35 # tenths; see systemd-analyze(1)
dir=$(mktemp -d "${TMPDIR:-/tmp}/assay-install.XXXXXX")
trap 'rm -rf "$dir"' EXIT
fail() {
    echo "daemon_systemd.sh: $*" >&2
    exit 1
}

make -s install B="$build" DESTDIR="$dir" PREFIX=/usr >"$dir.log" 2>&1 || {
    cat "$dir.log" >&2
    rm -f "$dir.log"
    fail 'make install'
}
rm -f "$dir.log"
for file in usr/sbin/assayd usr/bin/assay usr/lib/assay/plugins/clamav.so etc/assay/plugins.conf \
    usr/share/man/man8/assayd.8 usr/share/man/man1/assay.1 usr/lib/systemd/system/assayd.service \
    usr/lib/systemd/system/assayd.socket usr/lib/sysusers.d/assay.conf usr/lib/tmpfiles.d/assay.conf; do
    [ -f "$dir/$file" ] || fail "there is no /$file"
done
! grep -rn '@[a-z]*dir@' "$dir/usr/lib" --include='assay*' || fail 'a path is not filled in'
# A second installation leaves the administrator's file alone.
echo '# mine' >>"$dir/etc/assay/plugins.conf"
make -s install B="$build" DESTDIR="$dir" PREFIX=/usr >/dev/null
grep -q '^# mine' "$dir/etc/assay/plugins.conf" || fail 'plugins.conf is overwritten'
# Installed programs find installed plugins, whatever prefix they were built for.
"$dir/usr/bin/assay" plugins --json --config "$dir/etc/assay/plugins.conf" >"$dir/plugins" 2>&1 || true
grep -Fq "$dir/usr/lib/assay/plugins/attachment.so" "$dir/plugins" || fail "plugins: $(cat "$dir/plugins")"

if ! command -v systemd-analyze >/dev/null; then
    echo 'daemon_systemd: installed as it should be; no systemd-analyze (package systemd): the rest is skipped'
    exit 0
fi
# It looks for the programs and manuals of the units on this machine: shown it there.
units=$dir/units
mkdir "$units"
sed "s,=/usr/sbin/assayd,=$dir/usr/sbin/assayd,; s,=/usr/bin/assay,=$dir/usr/bin/assay,; /^Documentation=/d" \
    "$dir/usr/lib/systemd/system/assayd.service" >"$units/assayd.service"
sed '/^Documentation=/d' "$dir/usr/lib/systemd/system/assayd.socket" >"$units/assayd.socket"
for unit in assayd.service assayd.socket; do
    systemd-analyze verify "$units/$unit" >"$dir/verify" 2>&1 || fail "$unit: $(cat "$dir/verify")"
    # It says things and succeeds, too.
    ! grep "$unit" "$dir/verify" || fail "$unit is not right"
done
score=$(systemd-analyze security --offline=yes "$units/assayd.service" | sed -n 's/.*Overall exposure level for assayd.service: \([0-9.]*\).*/\1/p')
[ -n "$score" ] || fail 'systemd-analyze security says no score'
systemd-analyze security --offline=yes --threshold=$exposure_max "$units/assayd.service" >/dev/null 2>&1 ||
    fail "exposure $score is more than $exposure_max tenths"
if command -v systemd-sysusers >/dev/null; then
    mkdir -p "$dir/etc"
    systemd-sysusers --root="$dir" /usr/lib/sysusers.d/assay.conf >/dev/null 2>&1 ||
        systemd-sysusers --root="$dir" assay.conf >/dev/null 2>&1 || fail 'systemd-sysusers'
    grep -q '^assay:' "$dir/etc/passwd" && grep -q '^assay-worker:' "$dir/etc/passwd" || fail 'the users are not made'
fi
echo "daemon_systemd: installed as it should be; systemd-analyze security: exposure $score of 10"
