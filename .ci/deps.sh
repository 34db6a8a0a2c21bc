#!/bin/sh
# SPDX-License-Identifier: MIT
# deps.sh WHY PACKAGE...  installs the Debian packages that are missing, if any.  No
# service that comes along is started, now or when the machine boots; nothing is asked.
set -eu
why=$1
shift
missing=
for p in "$@"; do
    dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null | grep -qx installed ||
        missing="$missing $p"
done
[ -n "$missing" ] || exit 0
echo "To $why these Debian packages are needed and will be installed with apt-get:"
echo " $missing" | fold -s -w 76 | sed 's/^ */    /'
as_root=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
        echo "Not root and no sudo here.  As root, run: apt-get install$missing" >&2
        exit 1
    }
    as_root=sudo
fi
export DEBIAN_FRONTEND=noninteractive
# Word splitting is wanted: $missing is a list of package names.
# shellcheck disable=SC2086
install() { $as_root apt-get install -y -q --no-install-recommends $missing; }
units() { find /lib/systemd/system -name '*.service' | sort; }
# invoke-rc.d asks this before it starts anything.
policy=/usr/sbin/policy-rc.d
made=
log=$(mktemp)
finish() {
    [ -z "$made" ] || $as_root rm -f "$policy"
    rm -f "$log"
}
trap finish EXIT
if [ ! -e "$policy" ]; then
    made=yes
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
    $as_root chmod 755 "$policy"
fi
case "$missing " in
*' postfix '*) # without a configuration its service never starts
    echo 'postfix postfix/main_mailer_type select No configuration' |
        $as_root debconf-set-selections
    ;;
esac
before=$(units)
if ! { $as_root apt-get update -q && install; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "apt-get failed; the lines above say why." >&2
    exit 1
fi
for unit in $(units); do
    case $before in *"$unit"*) continue ;; esac
    [ ! -d /run/systemd/system ] || $as_root systemctl -q disable "${unit##*/}" || :
done
