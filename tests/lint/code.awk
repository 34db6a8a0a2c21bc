# SPDX-License-Identifier: MIT
# Prints "file:line:code" of C and C++ sources without comments and without what
# stands in quotes, for checks that must not stumble over prose.
FNR == 1 { in_comment = 0 }
{
    rest = $0
    code = ""
    while (rest != "") {
        if (in_comment) {
            at = index(rest, "*/")
            if (at == 0)
                break
            rest = substr(rest, at + 2)
            in_comment = 0
            continue
        }
        at = match(rest, /\/\*|\/\/|"|'/)
        if (at == 0) {
            code = code rest
            break
        }
        code = code substr(rest, 1, at - 1)
        mark = substr(rest, at, 1)
        rest = substr(rest, at)
        if (mark == "/") {
            code = code " "
            if (substr(rest, 2, 1) == "/")
                break
            in_comment = 1
            rest = substr(rest, 3)
        } else if (match(rest, mark == "\"" ? "^\"([^\"\\\\]|\\\\.)*\"" : "^'([^'\\\\]|\\\\.)*'")) {
            # includes keep their names
            code = code (code ~ /^[ \t]*#[ \t]*include/ ? substr(rest, 1, RLENGTH) : mark mark)
            rest = substr(rest, RLENGTH + 1)
        } else {
            code = code mark
            rest = substr(rest, 2)
        }
    }
    if (code !~ /^[ \t]*$/)
        print FILENAME ":" FNR ":" code
}
