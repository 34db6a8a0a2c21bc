# SPDX-License-Identifier: MIT
# Reads the ABI header without its comments (gcc -fpreprocessed -dD -E -P) and writes a
# C program that prints every structure, field and constant of it: offset, size and
# declaration, so that no change of the ABI goes unseen.
BEGIN {
    print "#include <assay/plugin.h>"
    print "#include <stdio.h>"
    print "#define SIZE(t, m) sizeof(((struct t *)0)->m)"
    print "int main(void)\n{"
}
{ text = text " " $0 }
/^#define ASSAY_[A-Z0-9_]+ / && !/^#define ASSAY_(EXPORT|SIZE_IS|PLUGIN_H) / { constant($2) }
/^#/ { sub(/ #.*$/, "", text) }
END {
    while (match(text, /(struct [a-z0-9_]+|enum) *\{/)) {
        head = substr(text, RSTART, RLENGTH)
        text = substr(text, RSTART + RLENGTH)
        end = index(text, "}")
        body = substr(text, 1, end - 1)
        text = substr(text, end + 1)
        if (head ~ /^enum/)
            enumeration(body)
        else {
            split(head, word, " ")
            structure(word[2], body)
        }
    }
    print "    return 0;\n}"
}
function constant(name) {
    printf "    printf(\"%s = %%lld\\n\", (long long)%s);\n", name, name
}
function enumeration(body,    n, part, i, word) {
    n = split(body, part, ",")
    for (i = 1; i <= n; i++)
        if (split(part[i], word, /[ =]+/) > 0 && match(part[i], /[A-Z][A-Z0-9_]*/))
            constant(substr(part[i], RSTART, RLENGTH))
}
function structure(name, body,    n, part, i, field, text_of) {
    printf "    printf(\"struct %s: %%zu bytes, aligned to %%zu\\n\", sizeof(struct %s), " \
        "__alignof__(struct %s));\n", name, name, name
    n = split(body, part, ";")
    for (i = 1; i < n; i++) {
        text_of = part[i]
        gsub(/[ \t]+/, " ", text_of)
        sub(/^ /, "", text_of)
        field = text_of
        if (match(field, /\(\*[a-z0-9_]+\)/))
            field = substr(field, RSTART + 2, RLENGTH - 3)
        else {
            sub(/\[.*/, "", field)
            sub(/.*[ *]/, "", field)
        }
        printf "    printf(\"%%6zu %%4zu  %s\\n\", offsetof(struct %s, %s), SIZE(%s, %s));\n",
            text_of, name, field, name, field
    }
}
