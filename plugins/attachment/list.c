/* SPDX-License-Identifier: MIT */
#include "rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool parse_kind(struct assay_str *line, enum rule_kind *kind)
{
    static const struct {
        const char *word;
        enum rule_kind kind;
    } words[] = {{"ext ", RULE_EXT},
                 {"name ", RULE_NAME},
                 {"type ", RULE_TYPE},
                 {"detected ", RULE_DETECTED}};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t n = strlen(words[i].word);
        if (line->n > n && memcmp(line->p, words[i].word, n) == 0) {
            *kind = words[i].kind;
            line->p += n;
            line->n -= n;
            return true;
        }
    }
    return false;
}

static void trim(struct assay_str *s)
{
    while (s->n > 0 && strchr(" \t\r", s->p[0]) != NULL) {
        s->p++;
        s->n--;
    }
    while (s->n > 0 && strchr(" \t\r", s->p[s->n - 1]) != NULL)
        s->n--;
}

/* A list of the site needs no head; one that has it must have the right one. */
static bool is_known_format(struct assay_str line)
{
    static const char head[] = "# assay-attachment-list ";
    size_t n = sizeof(head) - 1;

    if (line.n < n || memcmp(line.p, head, n) != 0)
        return true;
    return line.n > n + 1 && line.p[n] == '1' && line.p[n + 1] == ':';
}

static bool add_line(struct rules *rules, struct rules_entry *entry,
                     struct assay_str line, char *err)
{
    trim(&line);
    if (entry->line == 1 && !is_known_format(line)) {
        snprintf(err, RULES_ERROR,
                 "a later format than this version reads; it reads 1");
        return false;
    }
    if (line.n == 0 || line.p[0] == '#')
        return true;
    if (!parse_kind(&line, &entry->kind)) {
        snprintf(err, RULES_ERROR,
                 "\"%.*s\" does not begin with ext, name, type or detected",
                 (int)(line.n < 80 ? line.n : 80), line.p);
        return false;
    }
    trim(&line);
    return rules_add(rules, entry, line, err);
}

/* The whole file, NUL-terminated; NULL with `err` set. */
static char *read_file(const char *path, size_t *n, char *err)
{
    FILE *file = fopen(path, "rbe");
    char *text = malloc(RULES_MAX_LIST + 2);

    *n = 0;
    if (file != NULL && text != NULL) {
        *n = fread(text, 1, RULES_MAX_LIST + 1, file);
        text[*n] = '\0';
    }
    bool is_read = file != NULL && text != NULL && ferror(file) == 0;
    if (file != NULL)
        fclose(file);
    if (is_read && *n <= RULES_MAX_LIST)
        return text;
    free(text);
    snprintf(err, RULES_ERROR, "%s: %s", path,
             is_read ? "is larger than 1 MiB, no list is"
                     : "cannot be read; give the path of a list");
    return NULL;
}

/* The last three parts: enough to find it, short enough to read. */
static const char *short_path(const char *path)
{
    size_t i = strlen(path);

    for (unsigned slashes = 0; i > 0; i--) {
        if (path[i - 1] == '/' && ++slashes == 3)
            break;
    }
    return path + i;
}

bool rules_read(struct rules *rules, enum rule_level level, const char *path,
                char *err)
{
    struct rules_entry entry = {.level = level};
    char why[RULES_ERROR];
    size_t n;
    char *text = read_file(path, &n, err);

    if (text == NULL)
        return false;
    entry.source = rules_source(rules, short_path(path));
    bool is_good = entry.source != NULL;
    if (!is_good)
        snprintf(err, RULES_ERROR, "%s: is one list too many, 64 are the most",
                 path);
    for (const char *p = text, *end = text + n; is_good && p < end;) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        stop = stop == NULL ? end : stop;
        struct assay_str line = {.p = p, .n = (uint64_t)(stop - p)};
        entry.line++;
        is_good = add_line(rules, &entry, line, why);
        if (!is_good)
            snprintf(err, RULES_ERROR, "%s:%u: %.400s", path, entry.line, why);
        p = stop + (stop < end);
    }
    free(text);
    return is_good;
}
