#!/bin/sh
# SPDX-License-Identifier: MIT
# deps.sh WHY PACKAGE...  installs the Debian packages that are missing, if any.
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
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { $as_root apt-get update -q && install; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "apt-get failed; the lines above say why." >&2
    exit 1
fi
