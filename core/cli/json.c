/* SPDX-License-Identifier: MIT */
#include "cli/json.h"

#include "base/escape.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* Characters that are valid in JSON but not fit to be printed. */
static bool is_unfit(gunichar c)
{
    return (c >= 0x7f && c <= 0x9f) || c == 0x061c || c == 0xfeff ||
           (c >= 0x200e && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069);
}

static void append_escape(GString *to, gunichar c)
{
    switch (c) {
    case '"':
        g_string_append(to, "\\\"");
        break;
    case '\\':
        g_string_append(to, "\\\\");
        break;
    case '\n':
        g_string_append(to, "\\n");
        break;
    case '\r':
        g_string_append(to, "\\r");
        break;
    case '\t':
        g_string_append(to, "\\t");
        break;
    default:
        g_string_append_printf(to, "\\u%04x", c);
    }
}

static size_t plain_run(const char *p, size_t n)
{
    size_t run = 0;
    while (run < n && is_plain((unsigned char)p[run]))
        run++;
    return run;
}

/* p[0..n) is valid UTF-8. */
static void append_valid(GString *to, const char *p, size_t n)
{
    for (const char *end = p + n; p < end;) {
        size_t run = plain_run(p, (size_t)(end - p));
        g_string_append_len(to, p, (gssize)run);
        p += run;
        if (p == end)
            break;
        gunichar c = g_utf8_get_char(p);
        const char *next = p + g_utf8_skip[(unsigned char)*p];
        if (c < 0x80 || is_unfit(c))
            append_escape(to, c);
        else
            g_string_append_len(to, p, next - p);
        p = next;
    }
}

void json_bytes(GString *to, const char *p, size_t n)
{
    g_string_append_c(to, '"');
    size_t run = plain_run(p, n);
    if (run == n) {
        g_string_append_len(to, p, (gssize)n);
    } else if (g_utf8_validate_len(p, n, NULL)) {
        append_valid(to, p, n);
    } else {
        g_autofree char *valid = escape_utf8_dup(p, n);
        append_valid(to, valid, strlen(valid));
    }
    g_string_append_c(to, '"');
}

void json_text(GString *to, const char *text)
{
    if (text == NULL)
        g_string_append(to, "null");
    else
        json_bytes(to, text, strlen(text));
}

void json_uint(GString *to, uint64_t value)
{
    char digits[24];
    char *p = digits + sizeof digits;
    do {
        *--p = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    g_string_append_len(to, p, digits + sizeof digits - p);
}

void json_int(GString *to, int64_t value)
{
    if (value < 0)
        g_string_append_c(to, '-');
    json_uint(to, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

/* `value` / 10^places, zeros at the end left out. */
static void append_decimal(GString *to, uint64_t value, unsigned places)
{
    char digits[24];
    uint64_t scale = 1;
    for (unsigned i = 0; i < places; i++)
        scale *= 10;
    json_uint(to, value / scale);
    uint64_t rest = value % scale;
    if (rest == 0)
        return;
    for (unsigned i = places; i-- > 0; rest /= 10)
        digits[i] = (char)('0' + (char)(rest % 10));
    while (places > 0 && digits[places - 1] == '0')
        places--;
    g_string_append_c(to, '.');
    g_string_append_len(to, digits, places);
}

void json_ms(GString *to, uint64_t ns)
{
    append_decimal(to, ns / 1000, 3);
}

void json_probability(GString *to, double value)
{
    if (!(value > 0))
        value = 0;
    if (value > 1)
        value = 1;
    append_decimal(to, (uint64_t)(value * 1e6 + 0.5), 6);
}

void json_key(GString *to, const char *key)
{
    json_comma(to);
    g_string_append_c(to, '"');
    g_string_append(to, key);
    g_string_append(to, "\":");
}

void json_comma(GString *to)
{
    if (to->len == 0)
        return;
    char last = to->str[to->len - 1];
    if (last != '{' && last != '[' && last != ':')
        g_string_append_c(to, ',');
}
