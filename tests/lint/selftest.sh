#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves that the checks of sources fail when they must: each forbidden line is added to
# a copy of the sources, and must be refused with its file, line and reason.
set -eu
here=$PWD
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
trap 'exit 130' INT TERM
cp -R core plugins sdk tests .ci Makefile "$copy"
cd "$copy"

status=0
# refused CHECK FILE LINE-OF-CODE WORDS
refused() {
    cp "$2" kept
    printf '%s\n' "$3" >>"$2"
    at=$2:$(wc -l <"$2")
    if out=$(sh "$here/tests/lint/$1.sh" 2>&1); then
        echo "tests/lint/$1.sh: does not refuse \"$3\" in $2" >&2
        status=1
    elif ! printf '%s\n' "$out" | grep -F "$at:" | grep -qF "$4"; then
        echo "tests/lint/$1.sh: does not say $at: ... $4 for \"$3\", but:" >&2
        printf '%s\n' "$out" >&2
        status=1
    fi
    mv kept "$2"
}

base=core/base/log.c
mail=core/mail/message.c
plugin=$(find plugins -name '*.c' | sort | head -n 1)
sdk=sdk/include/assay/plugin.h
refused layers $base '#include "mail/message.h"' 'core/base may not include core/mail'
refused layers $base '  #  include "scan/scan.h" /* x */' 'core/base may not include core/scan'
refused layers $mail '#include "host/host.h"' 'core/mail may not include core/host'
refused layers core/scan/scan.h '#include "verdict/verdict.h"' 'core/scan may not include'
refused layers $mail '#include "../base/log.h"' 'write "folder/file.h"'
refused layers $mail '#include "object.h"' 'write "folder/file.h"'
refused layers $mail '#include "plugins/x.h"' 'is no layer of core'
refused layers $base '#include <gmime/gmime.h>' 'only core/mail sees GMime'
refused layers $mail '#include <dlfcn.h>' 'only core/host sees dlopen'
refused layers $mail 'void *f(void) { return dlopen("x", 1); }' 'in core/host only'
refused layers $mail '#include <archive.h>' 'engines belong into plugins/'
refused layers "$plugin" '#include "base/log.h"' 'neither core nor its neighbours'
refused layers "$plugin" '#include "../spam/spam.h"' 'neither core nor its neighbours'
refused layers "$plugin" '#include "nowhere.h"' 'neither core nor its neighbours'
refused layers "$plugin" '#include <glib.h>' 'not GLib'
refused layers $sdk '#include <stdbool.h>' 'only <stdint.h> and <stddef.h>'
refused layers $sdk '#include "base/log.h"' 'only <stdint.h> and <stddef.h>'

refused banned $base 'void g(char *p) { strcpy(p, "x"); }' 'snprintf'
refused banned $base 'int g(const char *p) { return atoi(p); }' 'strtol'
refused banned $base 'static gboolean x;' 'bool'
refused banned $base 'void g(GList *l) { g_list_free(l); }' 'GPtrArray'
refused banned $base '#if 0' 'delete'
refused banned $base "/* TO""DO */" 'issue'

refused structs core/base/log.h 'struct bare {' 'a comment above it'
refused structs core/base/conf.h '    struct conf
        *torn; /* x */' 'torn from its type'
refused paths $base "/* /wo""rk/x */" 'a path of this machine'
refused paths $base "char *p = \"/ho""me/me/x\";" 'a path of this machine'

# The first line decides about the licence.
relicensed() { # FILE
    cp "$1" kept
    sed '1s/SPDX-License-Identifier: .*[^/]/SPDX-License-Identifier: Apache-2.0 /' kept >"$1"
    if out=$(sh "$here/tests/lint/licences.sh") ||
        ! printf '%s\n' "$out" | grep -qF "$1:1: licence is \"Apache-2.0\""; then
        echo "tests/lint/licences.sh: does not refuse another licence in $1" >&2
        status=1
    fi
    mv kept "$1"
}
relicensed $base
relicensed "$(find plugins/clamav -name '*.c' | sort | head -n 1)"

cp $base kept
printf 'int   x;\n' >>$base
cp "$here/.clang-format" .
if sh "$here/tests/lint/format.sh" >/dev/null 2>&1; then
    echo "tests/lint/format.sh: does not refuse two blanks" >&2
    status=1
fi
mv kept $base

exit $status
