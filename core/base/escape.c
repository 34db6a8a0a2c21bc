/* SPDX-License-Identifier: MIT */
#include "base/escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define CUT "..."

enum {
    CUT_SPARE = 4 /* a UTF-8 sequence that a cut may tear */
};

/* A valid character that must not be shown as it is. */
static bool is_unsafe(gunichar c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200e ||
           c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069);
}

static bool is_plain(char c)
{
    return c >= 0x20 && c < 0x7f && c != '\\';
}

/* Appends the character or byte at p and returns how many bytes it took. */
static size_t escape_one(GString *to, const char *p, size_t n)
{
    uint8_t byte = (uint8_t)*p;
    if (byte == '\\') {
        g_string_append(to, "\\\\");
        return 1;
    }
    if (byte < 0x80) {
        if (is_plain(*p))
            g_string_append_c(to, *p);
        else
            g_string_append_printf(to, "\\x%02X", byte);
        return 1;
    }
    gunichar c = g_utf8_get_char_validated(p, (gssize)MIN(n, 6));
    if (c == (gunichar)-1 || c == (gunichar)-2) {
        g_string_append_printf(to, "\\x%02X", byte);
        return 1;
    }
    size_t size = (size_t)g_unichar_to_utf8(c, NULL);
    if (is_unsafe(c))
        g_string_append_printf(to, "\\u{%04X}", c);
    else
        g_string_append_len(to, p, (gssize)size);
    return size;
}

void escape_text(GString *to, const char *p, size_t n, size_t max)
{
    size_t start = to->len;
    size_t most = max == 0 ? SIZE_MAX : max;
    size_t cut_at = start; /* where a cut leaves room for CUT */
    for (size_t i = 0; i < n;) {
        i += escape_one(to, p + i, n - i);
        size_t used = to->len - start;
        if (used > most) {
            g_string_truncate(to, cut_at);
            g_string_append_len(to, CUT, (gssize)MIN(strlen(CUT), most));
            return;
        }
        if (most - used >= strlen(CUT))
            cut_at = to->len;
    }
}

char *escape_dup(const char *p, size_t n, size_t max)
{
    GString *to = g_string_sized_new(n + 1);
    escape_text(to, p, n, max);
    return g_string_free(to, FALSE);
}

char *escape_utf8_dup(const char *p, size_t n)
{
    GString *to = g_string_sized_new(n + 1);
    while (n > 0) {
        const char *end = p;
        g_utf8_validate_len(p, n, &end);
        size_t good = (size_t)(end - p);
        g_string_append_len(to, p, (gssize)good);
        if (good == n)
            break;
        g_string_append(to, *end == '\0' ? "\u2400" : "\ufffd");
        p = end + 1;
        n -= good + 1;
    }
    return g_string_free(to, FALSE);
}

/* Cuts at `max` bytes, not inside of a character. */
static char *cut(char *text, size_t max)
{
    size_t n = strlen(text);
    if (n <= max)
        return text;
    while (max > 0 && ((uint8_t)text[max] & 0xc0) == 0x80)
        max--;
    text[max] = '\0';
    return text;
}

/* Printable ASCII, as nearly all texts are: nothing to escape. */
static bool is_printable(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] < ' ' || p[i] > '~')
            return false;
    return true;
}

/* Escapes all but backslashes, which are no danger in themselves. */
static char *escape_but_backslash(const char *p, size_t n)
{
    GString *to = g_string_sized_new(n + 16);
    while (n > 0) {
        const char *slash = memchr(p, '\\', n);
        size_t plain = slash != NULL ? (size_t)(slash - p) : n;
        escape_text(to, p, plain, 0);
        if (slash != NULL)
            g_string_append_c(to, '\\');
        p += plain + (slash != NULL);
        n -= plain + (slash != NULL);
    }
    return g_string_free(to, FALSE);
}

char *escape_clean_dup(const char *p, size_t n, size_t max)
{
    n = MIN(n, max + CUT_SPARE);
    if (n == 0)
        return g_strdup("");
    return cut(
        is_printable(p, n) ? g_strndup(p, n) : escape_but_backslash(p, n), max);
}
