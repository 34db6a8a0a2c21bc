#!/bin/sh
# SPDX-License-Identifier: MIT
# clang-tidy over core, plugins and the SDK's templates, two files at a time.  A file is
# looked at again only when it, a header or .clang-tidy has changed.
#
# TIDY_NODES is how far the analyzer follows one function.  Its own default, 225000,
# takes six times as long: give that once before a release.
set -eu
done_dir=build/lint/tidy
mkdir -p "$done_dir"

if [ "${1:-}" = --one ]; then
    file=$2
    stamp=$done_dir/$(printf %s "$file" | tr / _)
    newer=$([ -e "$stamp" ] && find "$file" .clang-tidy core plugins sdk \
        \( -path "$file" -o -name '*.h' -o -name .clang-tidy \) -newer "$stamp" |
        head -n 1 || echo new)
    [ -n "$newer" ] || exit 0
    case $file in
    plugins/*)
        name=${file#plugins/}
        packages=$(sed -n "s/^${name%%/*}_PKGS *:*= *//p" "plugins/${name%%/*}/plugin.mk")
        ;;
    *) packages='glib-2.0 gmime-3.0 libcrypto jansson sqlite3 libsodium' ;;
    esac
    # Libraries' headers are system headers, as in the Makefile: not ours to mend.
    # shellcheck disable=SC2046,SC2086
    set -- $([ -z "$packages" ] || pkg-config --cflags $packages | sed 's/-I/-isystem /g')
    if ! out=$(clang-tidy --quiet "$file" -- -std=gnu17 -D_GNU_SOURCE -DASSAY_VERSION='"0"' \
        -DASSAY_PREFIX='"/usr"' -DASSAY_IN_TREE='""' -Isdk/include -Icore -Xclang -analyzer-config \
        -Xclang max-nodes="${TIDY_NODES:-15000}" "$@" 2>/dev/null); then
        printf '%s\n' "$out"
        exit 1
    fi
    : >"$stamp"
    exit 0
fi

find core plugins sdk/template -name '*.c' | sort |
    xargs -P 2 -n 1 sh "$0" --one
