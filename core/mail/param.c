/* SPDX-License-Identifier: MIT */
#include "mail/param.h"

#include "mail/text.h"
#include "mail/value.h"

#include <glib.h>

#include <string.h>

enum {
    MAX_SECTIONS = 64,
    MAX_PARAMS = 256,
    MAX_VALUE_BYTES = 8192
};

/* Behind the next ';' that is outside of quotes and comments, or n. */
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

static bool is_lwsp(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
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

static size_t skip_lwsp(const char *p, size_t n, size_t at)
{
    while (at < n && is_lwsp(p[at]))
        at++;
    return at;
}

/* The value from `at` on; unquoted ones run to the ';', blanks and all, as some
 * clients read them. */
static size_t read_value(const char *p, size_t n, size_t at, struct param *out)
{
    at = skip_lwsp(p, n, at);
    if (at < n && p[at] == '"') {
        out->is_quoted = true;
        size_t start = ++at;
        while (at < n && p[at] != '"')
            at += p[at] == '\\' ? 2 : 1;
        at = MIN(at, n);
        out->value = p + start;
        out->value_n = at - start;
        return next_semicolon(p, n, MIN(at + 1, n));
    }
    size_t start = at;
    while (at < n && p[at] != ';')
        at++;
    size_t end = at;
    while (end > start && is_lwsp(p[end - 1]))
        end--;
    out->value = p + start;
    out->value_n = end - start;
    return MIN(at + 1, n);
}

bool param_next(const char *p, size_t n, size_t *at, struct param *out)
{
    if (*at == 0)
        *at = next_semicolon(p, n, 0);
    while (*at < n) {
        size_t i = skip_lwsp(p, n, *at);
        *out = (struct param){.name = p + i, .section = -1};
        while (i < n && p[i] != '=' && p[i] != '*' && p[i] != ';' &&
               !is_lwsp(p[i]))
            i++;
        out->name_n = (size_t)(p + i - out->name);
        i = read_section(p, n, i, out);
        i = skip_lwsp(p, n, i);
        if (out->name_n == 0 || i == n || p[i] != '=') {
            *at = next_semicolon(p, n, MAX(i, *at + 1));
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
    for (size_t i = 0; i < MIN(param->value_n, (size_t)MAX_VALUE_BYTES); i++) {
        char c = param->value[i];
        if (c == '\r' || c == '\n')
            continue;
        if (c == '\\' && param->is_quoted && i + 1 < param->value_n)
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

char *param_value(const struct field *field, const char *name)
{
    struct param param;
    size_t at = 0;
    for (unsigned i = 0; i < MAX_PARAMS; i++) {
        if (!param_next(field->value, field->value_n, &at, &param))
            return NULL;
        if (param.section > 0 || !has_name(&param, name))
            continue;
        GString *plain = g_string_new(NULL);
        append_plain(plain, &param);
        char *text = text_convert(plain->str, plain->len, NULL, 0, NULL);
        g_string_free(plain, TRUE);
        return text;
    }
    return NULL;
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

/* A value that is not continued. */
static void add_single(struct object *object, const struct param *param)
{
    GString *plain = g_string_new(NULL);
    append_plain(plain, param);
    size_t raw_n = param->value_n;
    if (param->is_encoded) {
        size_t value = 0;
        g_autofree char *charset = split_charset(plain, &value);
        GString *bytes = g_string_new(NULL);
        append_percent(bytes, plain->str + value, plain->len - value);
        g_autofree char *text =
            text_convert(bytes->str, bytes->len, charset, 0, NULL);
        object_add_name(object, param->value, raw_n, NULL, text);
        g_string_free(bytes, TRUE);
    } else if (strstr(plain->str, "=?") != NULL) {
        g_autofree char *text = value_decode(plain->str, plain->len);
        object_add_name(object, param->value, raw_n, NULL, text);
    } else {
        g_autofree char *text =
            text_convert(plain->str, plain->len, NULL, 0, NULL);
        object_add_name(object, param->value, raw_n, NULL, text);
    }
    g_string_free(plain, TRUE);
}

static int by_section(const void *a, const void *b)
{
    const struct param *x = a;
    const struct param *y = b;
    return (x->section > y->section) - (x->section < y->section);
}

/* The pieces of one continued value, in any order. */
static void add_joined(struct object *object, struct param *pieces, size_t n)
{
    qsort(pieces, n, sizeof *pieces, by_section);
    GString *raw = g_string_new(NULL);
    GString *bytes = g_string_new(NULL);
    g_autofree char *charset = NULL;
    for (size_t i = 0; i < n; i++) {
        GString *plain = g_string_new(NULL);
        append_plain(plain, &pieces[i]);
        g_string_append_len(raw, pieces[i].value, (gssize)pieces[i].value_n);
        size_t value = 0;
        if (i == 0 && pieces[i].is_encoded)
            charset = split_charset(plain, &value);
        if (pieces[i].is_encoded)
            append_percent(bytes, plain->str + value, plain->len - value);
        else
            g_string_append_len(bytes, plain->str, (gssize)plain->len);
        g_string_free(plain, TRUE);
    }
    g_autofree char *text =
        text_convert(bytes->str, bytes->len, charset, 0, NULL);
    object_add_name(object, raw->str, raw->len, NULL, text);
    g_string_free(raw, TRUE);
    g_string_free(bytes, TRUE);
}

void param_add_names(struct object *object, const struct field *field,
                     const char *name)
{
    struct param pieces[MAX_SECTIONS];
    size_t pieces_n = 0;
    struct param param;
    size_t at = 0;
    bool is_there = false;
    for (unsigned i = 0; i < MAX_PARAMS &&
                         param_next(field->value, field->value_n, &at, &param);
         i++) {
        if (!has_name(&param, name))
            continue;
        is_there = true;
        if (param.section < 0)
            add_single(object, &param);
        else if (pieces_n < MAX_SECTIONS)
            pieces[pieces_n++] = param;
    }
    if (pieces_n > 0)
        add_joined(object, pieces, pieces_n);
    if (is_there || memmem(field->value, field->value_n, "ame", 3) != NULL)
        value_add_names(object, field, name);
}
