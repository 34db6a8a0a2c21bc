/* SPDX-License-Identifier: MIT */
#include "url.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum {
    HOST_MAX = 300,
    MANY_DIGITS = 5
};

static bool is_host_end(char c)
{
    return (unsigned char)c <= ' ' || strchr("/?#\"'<>\\", c) != NULL;
}

/* Four numbers joined by dots. */
static bool is_ip(const char *p, size_t n)
{
    unsigned dots = 0;

    for (size_t i = 0; i < n; i++) {
        bool is_dot = p[i] == '.';
        if (!is_dot && !isdigit((unsigned char)p[i]))
            return false;
        if (is_dot && (i == 0 || p[i - 1] == '.'))
            return false;
        dots += is_dot;
    }
    return dots == 3 && p[n - 1] != '.';
}

static bool is_number(const char *p, size_t n)
{
    if (n > 2 && p[0] == '0' && (p[1] == 'x' || p[1] == 'X'))
        return true;
    for (size_t i = 0; i < n; i++) {
        if (!isdigit((unsigned char)p[i]))
            return false;
    }
    return n >= MANY_DIGITS;
}

/* A label of nothing but digits, five or more. */
static bool has_digit_label(const char *p, size_t n)
{
    size_t digits = 0;
    bool is_all = true;

    for (size_t i = 0; i <= n; i++) {
        if (i == n || p[i] == '.') {
            if (is_all && digits >= MANY_DIGITS)
                return true;
            digits = 0;
            is_all = true;
        } else if (isdigit((unsigned char)p[i])) {
            digits++;
        } else {
            is_all = false;
        }
    }
    return false;
}

static uint32_t look_at_host(const char *p, size_t n)
{
    uint32_t found = 0;
    const char *at = memchr(p, '@', n);

    if (at != NULL) {
        found |= URL_USERINFO;
        n -= (size_t)(at + 1 - p);
        p = at + 1;
    }
    const char *colon = memchr(p, ':', n);
    if (colon != NULL)
        n = (size_t)(colon - p);
    if (n == 0)
        return found;
    if (memchr(p, '%', n) != NULL)
        found |= URL_ESCAPED;
    if (is_ip(p, n))
        found |= URL_IP;
    else if (is_number(p, n))
        found |= URL_NUMBER;
    else if (has_digit_label(p, n))
        found |= URL_DIGITS;
    return found;
}

/* Does "http" or "https" stand right before p[at]? */
static bool is_http(const char *p, size_t at)
{
    return (at >= 4 && strncasecmp(p + at - 4, "http", 4) == 0) ||
           (at >= 5 && strncasecmp(p + at - 5, "https", 5) == 0);
}

uint32_t url_look(const char *p, size_t n)
{
    uint32_t found = 0;
    size_t at = 0;

    while (at < n) {
        const char *colon = memchr(p + at, ':', n - at);
        if (colon == NULL)
            break;
        size_t i = (size_t)(colon - p);
        at = i + 1;
        if (n - i < 4 || p[i + 1] != '/' || p[i + 2] != '/' || !is_http(p, i))
            continue;
        size_t from = i + 3;
        size_t to = from;
        while (to < n && to - from < HOST_MAX && !is_host_end(p[to]))
            to++;
        found |= look_at_host(p + from, to - from);
        at = to;
    }
    return found;
}
