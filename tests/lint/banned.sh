#!/bin/sh
# SPDX-License-Identifier: MIT
# What may not stand in a source, and what to write instead.
set -eu
here=$(dirname "$0")
sources=$(find core plugins sdk tests \( -name '*.[ch]' -o -name '*.cpp' \) | sort)

status=0
# shellcheck disable=SC2086  # one word a file
awk -f "$here/code.awk" $sources | awk '
# Words; a call of one is refused with what to write instead.
BEGIN {
    say["sprintf"] = say["vsprintf"] = "snprintf or g_strdup_printf"
    say["strcpy"] = say["strcat"] = say["stpcpy"] = "snprintf or memcpy with a size"
    say["strncpy"] = say["strncat"] = "snprintf, which terminates"
    say["strtok"] = "strcspn, or strtok_r"
    say["atoi"] = say["atol"] = say["atoll"] = say["atof"] = "strtol, which tells errors"
    say["gets"] = "fgets"
    say["system"] = say["popen"] = "posix_spawn with arguments"
    say["alloca"] = say["g_alloca"] = say["g_newa"] = "an array of fixed size, or malloc"
    say["tmpnam"] = say["mktemp"] = say["tempnam"] = "mkstemp"
    say["setjmp"] = say["longjmp"] = "return an error"
    say["rand"] = say["srand"] = "getrandom"
}
{
    at = index($0, ":")
    file = substr($0, 1, at - 1)
    rest = substr($0, at + 1)
    at = index(rest, ":")
    line = substr(rest, 1, at - 1)
    code = substr(rest, at + 1)
    left = code
    while (match(left, /[A-Za-z_][A-Za-z0-9_]* *\(/)) {
        word = substr(left, RSTART, RLENGTH)
        sub(/ *\($/, "", word)
        left = substr(left, RSTART + RLENGTH)
        if (word in say)
            wrong(word ": use " say[word])
        else if (word ~ /^g_s?list_/)
            wrong(word ": use GPtrArray, GArray or GQueue")
        else if (word ~ /^g_return_(val_)?if_fail$/)
            wrong(word ": a bug of ours is g_assert, an error of the world GError")
    }
    # mawk knows no word boundaries: give every line two blanks to match at
    if ((" " code " ") ~ /[^A-Za-z0-9_](gboolean|gint|guint|gulong|glong|gshort)[^A-Za-z0-9_]/)
        wrong("GLib scalar: use bool, int, unsigned, uint32_t ...")
    if (code ~ /^[ \t]*#[ \t]*if[ \t]+0([^0-9A-Za-z]|$)/)
        wrong("#if 0: delete what is not used, the history keeps it")
}
function wrong(text) {
    print file ":" line ": " text
    found = 1
}
END { exit found }
' || status=1

# Notes to oneself, in comments of everything that is ours.
marks='TO''DO|FIX''ME|XX''X|HA''CK'
# shellcheck disable=SC2086
if grep -nwE "$marks" $sources Makefile $(find core plugins sdk tests .ci -name '*.sh' \
    -o -name '*.mk' -o -name '*.awk' | sort) /dev/null |
    sed 's/$/   <- do it, or write the reason as a sentence or an issue/' | grep .; then
    status=1
fi
exit $status
