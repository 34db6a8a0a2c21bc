#!/bin/sh
# SPDX-License-Identifier: MIT
# The vendors' header compiles alone in every language it promises, with no hidden
# padding; every built plugin exports exactly its one function and needs nothing of
# the host's.  Needs a build in $ASSAY_BUILD (default: build).
set -eu
build=${ASSAY_BUILD:-build}
status=0
strict='-Wall -Wextra -pedantic -Wpadded -Wundef -Wshadow -Werror -fsyntax-only -Isdk/include'

try() { # COMPILER STANDARD LANGUAGE
    # shellcheck disable=SC2086
    if ! echo '#include <assay/plugin.h>' | $1 -std="$2" -x "$3" $strict -; then
        echo "sdk/include/assay/plugin.h: does not compile with $1 -std=$2"
        status=1
    fi
}
cxx() {
    [ "$1" = gcc ] && echo g++ || echo clang++
}
for compiler in gcc clang; do
    for standard in c99 c11 c17; do
        try $compiler $standard c
    done
    for standard in c++11 c++17 c++20; do
        try "$(cxx $compiler)" $standard c++
    done
done

plugins=$(find "$build/plugins" "$build/template" -name '*.so' 2>/dev/null | sort)
if [ -z "$plugins" ]; then
    echo "$build/plugins: no plugin is built: run make first"
    exit 1
fi
for plugin in $plugins; do
    exported=$(nm -D --defined-only "$plugin" | awk '{ print $NF }' | tr '\n' ' ')
    if [ "$exported" != "assay_plugin_v1 " ]; then
        echo "$plugin: exports $exported: a plugin exports assay_plugin_v1 and nothing else"
        status=1
    fi
    needed=$(nm -D --undefined-only "$plugin" | awk '$NF ~ /^(assay_|g_|g_mime_)/ { print $NF }')
    if [ -n "$needed" ]; then
        echo "$plugin: needs $needed: the host's services come through struct assay_host"
        status=1
    fi
done
exit $status
