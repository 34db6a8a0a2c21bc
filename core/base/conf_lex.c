/* SPDX-License-Identifier: MIT */
#include "base/conf_lex.h"

#include "base/conf.h"

#include <stdbool.h>
#include <string.h>

const char *conf_lex_blanks(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    return p;
}

/* Past the quote that closes the one at p, or NULL where none does. */
static const char *past_quoted(const char *p, const char *end)
{
    for (p++; p < end; p++) {
        if (*p == '\\' && end - p > 1 && (p[1] == '"' || p[1] == '\\'))
            p++;
        else if (*p == '"')
            return p + 1;
    }
    return NULL;
}

static bool is_comment(const char *p, const char *start)
{
    return *p == '#' && (p == start || p[-1] == ' ' || p[-1] == '\t');
}

/* Copies one quoted item; `*at` moves to the comma, comment or end behind it. */
static const char *append_quoted(GString *raw, const char **at,
                                 const char *start, const char *end)
{
    const char *past = past_quoted(*at, end);
    if (past == NULL)
        return "a quote is not closed on its line: add the closing \", or "
               "write \\\" for one that belongs to the value";
    g_string_append_len(raw, *at, past - *at);
    *at = conf_lex_blanks(past, end);
    if (*at < end && **at != ',' && !is_comment(*at, start))
        return "text follows a closing quote: put the whole value in quotes, "
               "with \\\" for quotes inside";
    return NULL;
}

const char *conf_lex_append(GString *raw, const char *p, const char *end)
{
    bool at_item = raw->len == 0 || raw->str[raw->len - 1] == ',';
    p = conf_lex_blanks(p, end);
    const char *start = p;
    if (raw->len > 0 && p < end && !is_comment(p, start))
        g_string_append_c(raw, ' ');
    while (p < end && !is_comment(p, start)) {
        if (at_item && *p == '"') {
            const char *wrong = append_quoted(raw, &p, start, end);
            if (wrong != NULL)
                return wrong;
            at_item = false;
            continue;
        }
        at_item = *p == ',' || (at_item && (*p == ' ' || *p == '\t'));
        g_string_append_c(raw, *p++);
    }
    while (raw->len > 0 && strchr(" \t", raw->str[raw->len - 1]) != NULL)
        g_string_truncate(raw, raw->len - 1);
    return NULL;
}

/* The text between the quotes at p and past-1. */
static char *unquoted(const char *p, const char *past)
{
    GString *text = g_string_sized_new((size_t)(past - p));
    for (p++; p < past - 1; p++) {
        if (*p == '\\' && (p[1] == '"' || p[1] == '\\'))
            p++;
        g_string_append_c(text, *p);
    }
    return g_string_free(text, FALSE);
}

char *conf_lex_unquote(const char *raw)
{
    const char *end = raw + strlen(raw);
    const char *past = *raw == '"' ? past_quoted(raw, end) : NULL;
    return past == end ? unquoted(raw, past) : g_strdup(raw);
}

GPtrArray *conf_items(const char *raw)
{
    GPtrArray *items = g_ptr_array_new_with_free_func(g_free);
    const char *end = raw + strlen(raw);
    const char *p = conf_lex_blanks(raw, end);
    while (p < end) {
        const char *past = *p == '"' ? past_quoted(p, end) : NULL;
        const char *comma = strchr(past != NULL ? past : p, ',');
        const char *item_end = comma != NULL ? comma : end;
        if (past != NULL) {
            g_ptr_array_add(items, unquoted(p, past));
        } else {
            char *item = g_strndup(p, (size_t)(item_end - p));
            g_ptr_array_add(items, g_strchomp(item));
        }
        p = comma != NULL ? conf_lex_blanks(comma + 1, end) : end;
    }
    return items;
}
