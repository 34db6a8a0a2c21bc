/* SPDX-License-Identifier: MIT */
/*
 * Names and name patterns: the first line is a pattern, the rest a name.  Whatever
 * they are, extensions lie inside the canonical text and reading it again finds the
 * same one.
 */
#include "../../plugins/attachment/pattern.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

static void check_name(const struct name *name)
{
    struct name_ext ext = {0};
    size_t before = name->n + 1;

    require(name->n <= NAME_TEXT && name->base <= name->n);
    require(name->text[name->n] == '\0');
    while (name_next_ext(name, &ext)) {
        require(ext.p > name->text && ext.p + ext.n <= name->text + name->n);
        require(ext.n > 0 && ext.dot < before);
        before = ext.dot;
        name_has_decoy(name, &ext);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static locale_t locale;
    const char *p = (const char *)data;
    const char *line = size == 0 ? NULL : memchr(p, '\n', size);
    size_t pattern_n = line == NULL ? 0 : (size_t)(line - p);
    size_t name_from = line == NULL ? 0 : pattern_n + 1;
    struct pattern pattern;
    struct name name;

    if (locale == (locale_t)0)
        locale = fold_open();
    name_read(&name, locale, p + name_from, size - name_from);
    check_name(&name);
    if (pattern_compile(locale, p, pattern_n, &pattern) == NULL) {
        require(strlen(pattern.text) <= pattern.n);
        pattern_is_ext(&pattern);
        pattern_matches(&pattern, &name, size, 1);
        pattern_clear(&pattern);
    }
    return 0;
}
