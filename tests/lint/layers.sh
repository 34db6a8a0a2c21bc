#!/bin/sh
# SPDX-License-Identifier: MIT
# Who may include whom.  Folders of core form layers; a folder may include itself and
# what stands before it:
layers='base mail scan verdict host pool store front mailbox console daemon cli'
# GMime is seen by core/mail only, dlopen by core/host only, engines by plugins only;
# a plugin sees the SDK, its own folder and its own library; the SDK sees nothing.
set -eu
here=$(dirname "$0")

find core plugins sdk \( -name '*.[ch]' -o -name '*.cpp' \) | sort |
    xargs awk -f "$here/code.awk" |
    awk -v layers="$layers" '
BEGIN {
    n = split(layers, names, " ")
    for (i = 1; i <= n; i++)
        rank[names[i]] = i
}
function wrong(text) {
    print file ":" line ": " text
    found = 1
}
function in_core(inner, quoted,   parts) {
    if (quoted) {
        split(inner, parts, "/")
        if (inner ~ /^\.\./ || inner !~ /^[a-z]+\/[a-z0-9_]+\.h$/)
            wrong("\"" inner "\": write \"folder/file.h\", from core/ on")
        else if (!(parts[1] in rank))
            wrong("\"" inner "\": core/" parts[1] " is no layer of core")
        else if (rank[parts[1]] > rank[room])
            wrong("core/" room " may not include core/" parts[1] \
                  ": only itself and what stands before it in: " layers)
        return
    }
    if (inner ~ /^gmime/ && room != "mail")
        wrong("<" inner ">: only core/mail sees GMime: use mail/message.h")
    if (inner ~ /^(seccomp|linux\/(seccomp|landlock|filter|bpf))\.h$/ && room != "pool")
        wrong("<" inner ">: only core/pool shuts itself in: use pool/sandbox.h")
    if (inner ~ /^(dlfcn|link)\.h$/ && room != "host")
        wrong("<" inner ">: only core/host sees dlopen: use host/host.h")
    if (inner ~ /^(clamav|archive|archive_entry|ytnef|tnef)/)
        wrong("<" inner ">: engines belong into plugins/")
}
function in_plugin(inner, quoted) {
    if (quoted && (inner ~ /\// || (getline text < (folder "/" inner)) < 0))
        wrong("\"" inner "\": a plugin includes <assay/plugin.h> and its own " \
              "folder, neither core nor its neighbours")
    if (quoted)
        close(folder "/" inner)
    if (!quoted && inner ~ /^(glib|gmime|gio|gobject)/)
        wrong("<" inner ">: a plugin uses C and its own library, not GLib")
    if (!quoted && inner ~ /^assay\// && inner != "assay/plugin.h")
        wrong("<" inner ">: the SDK is <assay/plugin.h>")
    if (!quoted && inner ~ /^(dlfcn|link)\.h$/)
        wrong("<" inner ">: link with the library instead of opening it")
}
function in_sdk(inner, quoted) {
    if (file ~ /^sdk\/include\// && (quoted || inner !~ /^std(int|def)\.h$/))
        wrong(inner ": the SDK includes only <stdint.h> and <stddef.h>")
    if (quoted || inner ~ /^(glib|gmime|gio)/)
        wrong(inner ": the SDK and its templates include <assay/plugin.h> and libc")
}
{
    at = index($0, ":")
    file = substr($0, 1, at - 1)
    rest = substr($0, at + 1)
    at = index(rest, ":")
    line = substr(rest, 1, at - 1)
    code = substr(rest, at + 1)
    split(file, path, "/")
    room = path[2]
    folder = path[1] "/" path[2]
    if (path[1] == "core" && !(room in rank)) {
        wrong("core/" room " is no layer: " layers)
        next
    }
    if (code ~ /(^|[^A-Za-z0-9_])dl(open|mopen|sym|vsym) *\(/ && folder != "core/host")
        wrong("dlopen is called in core/host only")
    if (code !~ /^[ \t]*#[ \t]*include/)
        next
    if (!match(code, /["<][^">]*[">]/)) {
        wrong("an include names its file")
        next
    }
    inner = substr(code, RSTART + 1, RLENGTH - 2)
    quoted = substr(code, RSTART, 1) == "\""
    if (path[1] == "core")
        in_core(inner, quoted)
    else if (path[1] == "plugins")
        in_plugin(inner, quoted)
    else
        in_sdk(inner, quoted)
}
END { exit found }
'
