#!/bin/sh
# SPDX-License-Identifier: MIT
# The manual pages: well made, in step with the option tables, no flag forgotten.
set -eu
build=${ASSAY_BUILD:-build}
page=core/cli/man/plugins.conf.5
status=0
[ -x "$build/assay" ] || make -s all
# The pages refer to each other before they are installed.
mandoc -Tlint core/cli/man/*.[15] core/daemon/man/*.8 | grep -v 'referenced manual not found' && status=1
mkdir -p "$build/lint"
sh core/cli/man/options.sh "$build/assay" "$page" >"$build/lint/plugins.conf.5" 2>"$build/lint/docs.err" || {
    cat "$build/lint/docs.err" >&2
    exit 1
}
cmp -s "$build/lint/plugins.conf.5" "$page" || {
    echo "$page is behind the option tables: run make docs" >&2
    status=1
}
for command in scan conf plugins status reload drain stop quarantine; do
    pages=core/cli/man/assay.1
    [ $command = quarantine ] && pages=core/cli/man/assay-quarantine.1
    for flag in $("$build/assay" $command --help | grep -o -- '--[a-z-]*' | sort -u); do
        [ "$flag" = --help ] && continue
        grep -q -- "Fl .*-${flag#--}\\>" "$pages" || {
            echo "$pages: assay $command has $flag, the page has not" >&2
            status=1
        }
    done
done
exit $status
