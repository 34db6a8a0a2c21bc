/* SPDX-License-Identifier: MIT */
#include "pattern.h"

#include "utf8.h"

#include <assay/plugin.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool take_prefix(const char **p, size_t *n, const char *prefix)
{
    size_t m = strlen(prefix);

    if (*n < m || strncasecmp(*p, prefix, m) != 0)
        return false;
    *p += m;
    *n -= m;
    return true;
}

/* How much a unit at the end of p[0..*n) multiplies; it is cut off.  0: none. */
static uint64_t take_unit(const char *p, size_t *n)
{
    static const struct {
        char name[3];
        unsigned shift;
    } units[] = {{"KB", 10}, {"MB", 20}, {"GB", 30}};

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (*n > 2 && strncasecmp(p + *n - 2, units[i].name, 2) == 0) {
            *n -= 2;
            return (uint64_t)1 << units[i].shift;
        }
    }
    return 0;
}

/* "5", "1.2" times `unit`. */
static bool parse_size(const char *p, size_t n, uint64_t unit, uint64_t *out)
{
    uint64_t value = 0;
    uint64_t scale = 0; /* of the next digit behind the point */
    bool has_digit = false;

    for (size_t i = 0; i < n; i++) {
        if (p[i] == '.' && scale == 0) {
            scale = unit;
        } else if (isdigit((unsigned char)p[i])) {
            uint64_t digit = (uint64_t)(p[i] - '0');
            has_digit = true;
            if (scale > 0) {
                scale /= 10;
                value += digit * scale;
            } else if (value > UINT64_MAX / 1024 / unit) {
                return false;
            } else {
                value = value * 10 + digit * unit;
            }
        } else {
            return false;
        }
    }
    *out = value;
    return has_digit;
}

static size_t op_length(const char *p, size_t n, enum pattern_op *op)
{
    bool is_equal = n > 1 && p[1] == '=';

    if (p[0] == '=')
        *op = PATTERN_EQUAL;
    else if (p[0] == '>')
        *op = is_equal ? PATTERN_AT_LEAST : PATTERN_GREATER;
    else
        *op = is_equal ? PATTERN_AT_MOST : PATTERN_LESS;
    return p[0] != '=' && is_equal ? 2 : 1;
}

/* Cuts ">5MB" from the end.  What looks like none is part of the name. */
static void take_size(const char *p, size_t *n, struct pattern *out)
{
    size_t end = *n;
    uint64_t unit = take_unit(p, &end);

    if (unit == 0)
        return;
    for (size_t i = end; i-- > 0;) {
        if (strchr("=<>", p[i]) == NULL)
            continue;
        size_t at = i > 0 && p[i] == '=' && strchr("<>", p[i - 1]) ? i - 1 : i;
        size_t length = op_length(p + at, end - at, &out->op);
        if (parse_size(p + at + length, end - at - length, unit, &out->size))
            *n = at;
        else
            out->op = PATTERN_ANY_SIZE;
        return;
    }
}

static void fold_into(locale_t locale, const char *p, size_t n,
                      struct pattern *out)
{
    const char *end = p + n;

    while (p < end) {
        uint32_t c = fold_case(locale, fold_form(utf8_next(&p, end)));
        if (fold_is_blank(c))
            c = ' ';
        if (c == '\\')
            c = '/';
        if (c == '/')
            out->has_path = true;
        /* Blanks run together, stars too. */
        bool is_run = out->n > 0 && (c == ' ' || c == '*') &&
                      out->text[out->n - 1] == (char)c;
        if (!is_run)
            out->n += utf8_put(out->text + out->n, c);
    }
    out->text[out->n] = '\0';
}

const char *pattern_compile(locale_t locale, const char *p, size_t n,
                            struct pattern *out)
{
    struct pattern pattern = {0};

    if (n > PATTERN_MAX)
        return "is longer than 512 bytes";
    if (take_prefix(&p, &n, "<in>"))
        pattern.direction = ASSAY_DIRECTION_IN;
    else if (take_prefix(&p, &n, "<out>"))
        pattern.direction = ASSAY_DIRECTION_OUT;
    take_size(p, &n, &pattern);
    if (n == 0)
        return "has no name in it; a pattern is like *.mp3>5MB";
    if (memchr(p, '<', n) != NULL || memchr(p, '>', n) != NULL)
        return "has < or > where none can be: <in> or <out> come first, a size "
               "like >5MB (KB, MB or GB) last";
    pattern.text = malloc(n * 3 + UTF8_MAX);
    if (pattern.text == NULL)
        return "needs more memory than there is";
    fold_into(locale, p, n, &pattern);
    if (strcmp(pattern.text, "*.*") == 0) {
        pattern.text[1] = '\0';
        pattern.n = 1;
    }
    *out = pattern;
    return NULL;
}

void pattern_clear(struct pattern *pattern)
{
    free(pattern->text);
    pattern->text = NULL;
}

const char *pattern_is_ext(const struct pattern *pattern)
{
    const char *text = pattern->text;

    if (pattern->direction != 0 || pattern->op != PATTERN_ANY_SIZE)
        return NULL;
    if (pattern->n < 3 || text[0] != '*' || text[1] != '.')
        return NULL;
    return strpbrk(text + 2, "*?./ ") == NULL ? text + 2 : NULL;
}

static size_t char_length(const char *p, const char *end)
{
    const char *q = p;

    utf8_next(&q, end);
    return (size_t)(q - p);
}

/* Greedy with one way back, to the last star: at most n x m steps. */
static bool wild_match(const char *w, const char *w_end, const char *p,
                       const char *end)
{
    const char *star = NULL;
    const char *star_p = NULL;

    while (p < end) {
        if (w < w_end && *w == '*') {
            star = ++w;
            star_p = p;
        } else if (w < w_end && *w == '?') {
            w++;
            p += char_length(p, end);
        } else if (w < w_end && *w == *p) {
            w++;
            p++;
        } else if (star != NULL) {
            star_p += char_length(star_p, end);
            w = star;
            p = star_p;
        } else {
            return false;
        }
    }
    while (w < w_end && *w == '*')
        w++;
    return w == w_end;
}

static bool size_matches(const struct pattern *pattern, uint64_t size)
{
    switch (pattern->op) {
    case PATTERN_EQUAL:
        return size == pattern->size;
    case PATTERN_GREATER:
        return size > pattern->size;
    case PATTERN_LESS:
        return size < pattern->size;
    case PATTERN_AT_LEAST:
        return size >= pattern->size;
    case PATTERN_AT_MOST:
        return size <= pattern->size;
    case PATTERN_ANY_SIZE:
        break;
    }
    return true;
}

bool pattern_matches(const struct pattern *pattern, const struct name *name,
                     uint64_t size, uint32_t direction)
{
    const char *w = pattern->text;
    const char *w_end = w + pattern->n;
    const char *p = name->text + (pattern->has_path ? 0 : name->base);
    const char *end = name->text + name->n;

    if (pattern->direction != 0 && pattern->direction != direction)
        return false;
    if (!size_matches(pattern, size))
        return false;
    if (wild_match(w, w_end, p, end))
        return true;
    /* The file that a stream or a cut name belongs to. */
    const char *colon = memchr(p, ':', (size_t)(end - p));
    return colon != NULL && wild_match(w, w_end, p, colon);
}
