/* SPDX-License-Identifier: MIT */
#include "front/subject_tag.h"

#include "mail/words.h"

#include <glib.h>

#include <stdbool.h>
#include <string.h>

enum {
    LOOK_MAX = 1024,    /* bytes that are decoded to look for the tag */
    VALUE_MAX = 60000,  /* a milter packet holds 65,535 */
    LINE_MAX_SIZE = 78, /* RFC 5322 2.1.1 */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Folds are undone: CR and LF go. */
static GString *unfold(const char *p, size_t n)
{
    GString *flat = g_string_sized_new(n);
    for (size_t i = 0; i < n; i++)
        if (p[i] != '\r' && p[i] != '\n')
            g_string_append_c(flat, p[i]);
    return flat;
}

static bool is_tagged(const char *p, size_t n, const char *tag)
{
    size_t tag_n = strlen(tag);
    size_t text_n = 0;
    g_autoptr(GString) flat = unfold(p, MIN(n, (size_t)LOOK_MAX));
    g_autofree char *text = words_decode(flat->str, flat->len, &text_n);
    const char *start = text;
    while (text_n > 0 && is_blank(*start)) {
        start++;
        text_n--;
    }
    return text_n >= tag_n && memcmp(start, tag, tag_n) == 0;
}

static void append_clean(GString *to, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool is_crlf = p[i] == '\r' && i + 1 < n && p[i + 1] == '\n';
        bool is_fold =
            p[i] == '\n' && i + 1 < n && (p[i + 1] == ' ' || p[i + 1] == '\t');
        bool is_bad = p[i] == '\0' || (p[i] == '\r' && !is_crlf) ||
                      (p[i] == '\n' && !is_fold);
        g_string_append_c(to, is_bad ? ' ' : p[i]);
    }
}

char *subject_tag(const char *p, size_t n, const char *tag)
{
    while (n > 0 && is_blank(*p)) {
        p++;
        n--;
    }
    while (n > 0 && is_blank(p[n - 1]))
        n--;
    if (n > VALUE_MAX || is_tagged(p, n, tag))
        return NULL;
    GString *value = g_string_new(tag);
    if (n == 0)
        return g_string_free(value, FALSE);
    const char *eol = memchr(p, '\n', n);
    size_t first = eol != NULL ? (size_t)(eol - p) : n;
    bool is_long = strlen("Subject: ") + value->len + 1 + first > LINE_MAX_SIZE;
    g_string_append(value, is_long ? "\r\n " : " ");
    append_clean(value, p, n);
    return g_string_free(value, FALSE);
}
