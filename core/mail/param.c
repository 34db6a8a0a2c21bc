/* SPDX-License-Identifier: MIT */
#include "mail/param.h"

#include "mail/text.h"
#include "mail/words.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_SECTIONS = 64,
    MAX_PARAMS = 256,
    MAX_VALUE_BYTES = 8192
};

static bool is_lwsp(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

size_t param_skip_comments(const char *p, size_t n, size_t at)
{
    size_t depth = 0;
    for (; at < n; at++) {
        if (depth > 0 && p[at] == '\\')
            at++;
        else if (p[at] == '(')
            depth++;
        else if (depth > 0 && p[at] == ')')
            depth--;
        else if (depth == 0 && !is_lwsp(p[at]))
            break;
    }
    return MIN(at, n);
}

/* Behind the next ';' that is outside of quotes, or n. */
static size_t next_semicolon(const char *p, size_t n, size_t at)
{
    bool is_quoted = false;
    for (; at < n; at++) {
        if (p[at] == '\\' && is_quoted)
            at++;
        else if (p[at] == '"')
            is_quoted = !is_quoted;
        else if (p[at] == ';' && !is_quoted)
            return at + 1;
    }
    return n;
}

/* "*0*", "*0", "*" between name and '='; returns the offset behind it. */
static size_t read_section(const char *p, size_t n, size_t at,
                           struct param *out)
{
    if (at == n || p[at] != '*')
        return at;
    at++;
    size_t digits = at;
    int section = 0;
    for (; at < n && g_ascii_isdigit(p[at]); at++)
        section = section < 100000 ? section * 10 + (p[at] - '0') : section;
    if (at == digits) {
        out->is_encoded = true;
        return at;
    }
    out->section = section;
    if (at < n && p[at] == '*') {
        out->is_encoded = true;
        at++;
    }
    return at;
}

/* The value from `at` on; unquoted ones run to the ';', blanks and all, as some
 * clients read them. */
static size_t read_value(const char *p, size_t n, size_t at, struct param *out)
{
    at = param_skip_comments(p, n, at);
    size_t start = at;
    if (at < n && p[at] == '"') {
        out->is_quoted = true;
        start = ++at;
        while (at < n && p[at] != '"')
            at += p[at] == '\\' ? 2 : 1;
        at = MIN(at, n);
        out->value = p + start;
        out->value_n = at - start;
        return next_semicolon(p, n, MIN(at + 1, n));
    }
    while (at < n && p[at] != ';')
        at++;
    size_t end = at;
    while (end > start && is_lwsp(p[end - 1]))
        end--;
    out->value = p + start;
    out->value_n = end - start;
    return MIN(at + 1, n);
}

/* Where the parameters begin: behind the first ';', but without a value before it
 * ("filename=x") or without the ';' ("attachment filename=x") they are read, too, as
 * many programs do. */
static size_t first_param(const char *p, size_t n)
{
    size_t at = param_skip_comments(p, n, 0);
    size_t end = at;
    while (end < n && p[end] != ';' && p[end] != '=' && p[end] != '(' &&
           !is_lwsp(p[end]))
        end++;
    if (end < n && p[end] == '=')
        return at;
    size_t next = param_skip_comments(p, n, end);
    return next < n && p[next] != ';' ? next : next_semicolon(p, n, at);
}

bool param_next(const char *p, size_t n, size_t *at, struct param *out)
{
    if (*at == 0)
        *at = first_param(p, n);
    while (*at < n) {
        size_t i = param_skip_comments(p, n, *at);
        *out = (struct param){.name = p + i, .section = -1};
        while (i < n && p[i] != '=' && p[i] != '*' && p[i] != ';' &&
               !is_lwsp(p[i]))
            i++;
        out->name_n = (size_t)(p + i - out->name);
        i = param_skip_comments(p, n, read_section(p, n, i, out));
        if (out->name_n == 0 || i == n || p[i] != '=') {
            *at = next_semicolon(p, n, i);
            continue;
        }
        *at = read_value(p, n, i + 1, out);
        return true;
    }
    return false;
}

static bool has_name(const struct param *param, const char *name)
{
    return strlen(name) == param->name_n &&
           g_ascii_strncasecmp(param->name, name, param->name_n) == 0;
}

/* Appends a value without folds and, where it was quoted, without backslashes. */
static void append_plain(GString *to, const struct param *param)
{
    size_t n = MIN(param->value_n, (size_t)MAX_VALUE_BYTES);
    for (size_t i = 0; i < n; i++) {
        char c = param->value[i];
        if (c == '\r' || c == '\n')
            continue;
        if (c == '\\' && param->is_quoted && i + 1 < n)
            c = param->value[++i];
        g_string_append_c(to, c);
    }
}

static void append_percent(GString *to, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int high =
            i + 2 < n && p[i] == '%' ? g_ascii_xdigit_value(p[i + 1]) : -1;
        int low = high >= 0 ? g_ascii_xdigit_value(p[i + 2]) : -1;
        if (low >= 0) {
            g_string_append_c(to, (char)(high * 16 + low));
            i += 2;
        } else {
            g_string_append_c(to, p[i]);
        }
    }
}

/* charset'language'value: the charset (yours), and where the value begins. */
static char *split_charset(const GString *plain, size_t *value)
{
    const char *first = strchr(plain->str, '\'');
    const char *second = first == NULL ? NULL : strchr(first + 1, '\'');
    *value = second == NULL ? 0 : (size_t)(second + 1 - plain->str);
    return second == NULL || first == plain->str
               ? NULL
               : g_strndup(plain->str, (size_t)(first - plain->str));
}

/* The bytes of one value in one or more pieces, and its charset (yours, may be
 * NULL). */
static GString *join(const struct param *pieces, size_t n, char **charset)
{
    GString *bytes = g_string_new(NULL);
    *charset = NULL;
    for (size_t i = 0; i < n; i++) {
        if (!pieces[i].is_encoded) {
            append_plain(bytes, &pieces[i]);
            continue;
        }
        GString *plain = g_string_new(NULL);
        append_plain(plain, &pieces[i]);
        size_t value = 0;
        if (i == 0)
            *charset = split_charset(plain, &value);
        append_percent(bytes, plain->str + value, plain->len - value);
        g_string_free(plain, TRUE);
    }
    return bytes;
}

static int by_section(const void *a, const void *b)
{
    const struct param *x = a;
    const struct param *y = b;
    return (x->section > y->section) - (x->section < y->section);
}

/* All values of one name. */
struct values {
    struct param found[MAX_SECTIONS]; /* pieces, in order of section */
    size_t found_n;
    bool is_cut; /* there are more */
};

/* The values that are continued, and those that are not. */
static void collect(const struct field *field, const char *name,
                    struct values *pieces, struct values *singles)
{
    struct param param;
    size_t at = 0;
    pieces->found_n = 0;
    pieces->is_cut = false;
    singles->found_n = 0;
    singles->is_cut = false;
    for (unsigned i = 0; param_next(field->value, field->value_n, &at, &param);
         i++) {
        struct values *to = param.section < 0 ? singles : pieces;
        to->is_cut |= i == MAX_PARAMS;
        if (i == MAX_PARAMS)
            break;
        if (!has_name(&param, name))
            continue;
        to->is_cut |= to->found_n == MAX_SECTIONS;
        if (to->found_n < MAX_SECTIONS)
            to->found[to->found_n++] = param;
    }
    qsort(pieces->found, pieces->found_n, sizeof *pieces->found, by_section);
}

/* Without the comment that may stand behind a value without quotes. */
static void cut_comment(struct param *param)
{
    for (size_t i = 1; !param->is_quoted && i < param->value_n; i++)
        if (param->value[i] == '(' && is_lwsp(param->value[i - 1]))
            param->value_n = i - 1;
    while (!param->is_quoted && param->value_n > 0 &&
           is_lwsp(param->value[param->value_n - 1]))
        param->value_n--;
}

GString *param_bytes(const struct field *field, const char *name)
{
    struct values pieces;
    struct values singles;
    g_autofree char *charset = NULL;
    collect(field, name, &pieces, &singles);
    if (singles.found_n > 0) {
        cut_comment(&singles.found[0]);
        return join(singles.found, 1, &charset);
    }
    return pieces.found_n == 0 ? NULL
                               : join(pieces.found, pieces.found_n, &charset);
}

bool param_is_type(const struct field *field, const char *type)
{
    size_t type_n = strlen(type);
    size_t at = param_skip_comments(field->value, field->value_n, 0);
    if (field->value_n - at <= type_n ||
        g_ascii_strncasecmp(field->value + at, type, type_n) != 0)
        return false;
    at = param_skip_comments(field->value, field->value_n, at + type_n);
    return at < field->value_n && field->value[at] == '/';
}

/* A name with NUL in it is two: what a C program sees, and all of it. */
static void add_name(struct object *object, const char *raw, size_t raw_n,
                     char *text, size_t text_n)
{
    g_autofree char *head = strlen(text) < text_n ? g_strdup(text) : NULL;
    text_blank_nul(text, text_n);
    object_add_name(object, raw, raw_n, NULL, text);
    if (head != NULL)
        object_add_name(object, raw, raw_n, NULL, head);
}

/* Outlook and others put encoded words into parameters, against RFC 2047 5. */
static void add_single(struct object *object, const struct param *param,
                       size_t *budget)
{
    g_autofree char *charset = NULL;
    GString *bytes = join(param, 1, &charset);
    bool has_words =
        !param->is_encoded && memmem(bytes->str, bytes->len, "=?", 2) != NULL;
    g_autofree char *text = NULL;
    size_t n = 0;
    if (has_words && bytes->len <= *budget) {
        *budget -= bytes->len;
        text = words_decode(bytes->str, bytes->len, &n);
    } else {
        object->is_name_cut |= has_words;
        text = text_convert(bytes->str, bytes->len, charset, 0, &n);
    }
    add_name(object, param->value, param->value_n, text, n);
    g_string_free(bytes, TRUE);
}

static void add_pieces(struct object *object, const struct values *pieces,
                       size_t count)
{
    g_autofree char *charset = NULL;
    GString *bytes = join(pieces->found, count, &charset);
    GString *raw = g_string_new(NULL);
    for (size_t i = 0; i < count; i++)
        g_string_append_len(raw, pieces->found[i].value,
                            (gssize)pieces->found[i].value_n);
    size_t n = 0;
    g_autofree char *text =
        text_convert(bytes->str, bytes->len, charset, 0, &n);
    add_name(object, raw->str, raw->len, text, n);
    g_string_free(raw, TRUE);
    g_string_free(bytes, TRUE);
}

/* All pieces; where one is missing also those before it, at which RFC 2231 stops. */
static void add_joined(struct object *object, const struct values *pieces)
{
    size_t run = 0;
    while (run < pieces->found_n && pieces->found[run].section == (int)run)
        run++;
    add_pieces(object, pieces, pieces->found_n);
    if (run > 0 && run < pieces->found_n)
        add_pieces(object, pieces, run);
}

void param_add_names(struct object *object, const struct field *field,
                     const char *name, size_t *budget)
{
    struct values pieces;
    struct values singles;
    collect(field, name, &pieces, &singles);
    object->is_name_cut |= pieces.is_cut || singles.is_cut;
    for (size_t i = 0; i < singles.found_n; i++)
        add_single(object, &singles.found[i], budget);
    if (pieces.found_n > 0)
        add_joined(object, &pieces);
}
