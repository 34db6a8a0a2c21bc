/* SPDX-License-Identifier: MIT */
#include "front/authserv_id.h"

#include <glib.h>

#include <string.h>

enum {
    HEAD_MAX = 4096 /* bytes before the semicolon that are still looked into */
};

/* A value while it is read. */
struct reading {
    const char *p;
    size_t n;
    size_t at;
    bool
        is_broken; /* an open comment or quote, or bytes that belong into none */
};

/* Behind a comment, which may hold others; `at` is on its parenthesis. */
static void skip_comment(struct reading *reading)
{
    unsigned depth = 0;
    for (; reading->at < reading->n; reading->at++) {
        char c = reading->p[reading->at];
        if (c == '\\') {
            reading->at++;
        } else if (c == '(') {
            depth++;
        } else if (c == ')' && --depth == 0) {
            reading->at++;
            return;
        }
    }
    reading->at = reading->n;
    reading->is_broken = true;
}

static void take_quoted(struct reading *reading, GString *to)
{
    for (reading->at++; reading->at < reading->n; reading->at++) {
        char c = reading->p[reading->at];
        if (c == '"') {
            reading->at++;
            return;
        }
        if (c == '\\' && reading->at + 1 < reading->n)
            c = reading->p[++reading->at];
        g_string_append_c(to, g_ascii_tolower(c));
    }
    reading->is_broken = true;
}

/* What stands before the semicolon, in lower case, a blank for each comment and fold.
 * "": nothing does. */
static GString *read_head(struct reading *reading)
{
    GString *head = g_string_new(NULL);
    while (reading->at < reading->n && head->len < HEAD_MAX) {
        char c = reading->p[reading->at];
        if (c == ';')
            break;
        if (c == '(') {
            skip_comment(reading);
            g_string_append_c(head, ' ');
        } else if (c == '"') {
            take_quoted(reading, head);
        } else {
            bool is_blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
            reading->is_broken |=
                (!is_blank && (c < ' ' || c > '~')) || c == '\\' || c == ')';
            g_string_append_c(head, is_blank ? ' ' : g_ascii_tolower(c));
            reading->at++;
        }
    }
    reading->is_broken |= head->len >= HEAD_MAX;
    return head;
}

/* The value without all that could hide a name in it. */
static bool holds_anywhere(const char *p, size_t n, const char *id)
{
    g_autoptr(GString) bare = g_string_new(NULL);
    for (size_t i = 0; i < n; i++)
        if (p[i] > ' ' && p[i] <= '~' && strchr("\\\"()", p[i]) == NULL)
            g_string_append_c(bare, g_ascii_tolower(p[i]));
    return strstr(bare->str, id) != NULL;
}

static bool is_name_char(char c)
{
    return g_ascii_isalnum(c) || c == '-' || c == '_' || c == '.';
}

/* Is `id` a word of its own at the beginning?  A final dot and what no name goes on
 * with ("id/1") end it. */
static bool begins_with(const char *head, const char *id)
{
    size_t n = strlen(id);
    head += strspn(head, " ");
    if (strncmp(head, id, n) != 0)
        return false;
    const char *rest = head + n;
    return !is_name_char(*rest) || (*rest == '.' && !is_name_char(rest[1]));
}

bool authserv_id_may_be(const char *p, size_t n, const char *id)
{
    g_autofree char *ours = g_ascii_strdown(id, -1);
    struct reading reading = {.p = p, .n = n};
    g_autoptr(GString) head = read_head(&reading);
    if (head->str[strspn(head->str, " ")] == '\0')
        return true; /* nobody's: anybody's */
    if (reading.is_broken || memchr(head->str, '\0', head->len) != NULL)
        return begins_with(head->str, ours) || holds_anywhere(p, n, ours);
    return begins_with(head->str, ours);
}
