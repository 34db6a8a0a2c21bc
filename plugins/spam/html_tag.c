/* SPDX-License-Identifier: MIT */
#include "html_tag.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (strcmp(name, *names) == 0)
            return true;
    }
    return false;
}

/* Tags that do not end a word. */
bool tag_is_inline(const struct tag *tag)
{
    static const char *const names[] = {
        "a",    "abbr",   "b",   "big", "code", "em", "font",  "i",      "s",
        "span", "strong", "sub", "sup", "tt",   "u",  "small", "strike", NULL};

    return is_one_of(tag->name, names);
}

bool tag_is_void(const struct tag *tag)
{
    static const char *const names[] = {"area", "base",  "br",    "col",
                                        "hr",   "img",   "input", "link",
                                        "meta", "param", "wbr",   NULL};

    return is_one_of(tag->name, names);
}

static size_t skip_blanks(const struct tag *tag, size_t at)
{
    while (at < tag->n && isspace((unsigned char)tag->p[at]))
        at++;
    return at;
}

/* May a name start at p[i]?  Behind a blank or a value's quote. */
static bool is_name_start(const struct tag *tag, size_t i)
{
    return i == 0 || isspace((unsigned char)tag->p[i - 1]) ||
           tag->p[i - 1] == '"' || tag->p[i - 1] == '\'';
}

/* The value that starts at p[at]. */
static void cut_value(const struct tag *tag, size_t at, const char **p,
                      size_t *n)
{
    bool is_quoted = at < tag->n && (tag->p[at] == '"' || tag->p[at] == '\'');
    char quote = '\0';
    size_t from = at + is_quoted;
    size_t to = from;

    if (is_quoted)
        quote = tag->p[at];
    while (to < tag->n && (is_quoted ? tag->p[to] != quote
                                     : !isspace((unsigned char)tag->p[to])))
        to++;
    *p = tag->p + from;
    *n = to - from;
}

bool tag_attribute(const struct tag *tag, const char *name, const char **p,
                   size_t *n)
{
    size_t m = strlen(name);

    for (size_t i = 0; i + m < tag->n; i++) {
        if (!is_name_start(tag, i) || strncasecmp(tag->p + i, name, m) != 0)
            continue;
        size_t at = skip_blanks(tag, i + m);
        if (at == tag->n || tag->p[at] != '=')
            continue;
        cut_value(tag, skip_blanks(tag, at + 1), p, n);
        return true;
    }
    return false;
}

bool tag_style_hides(const char *p, size_t n)
{
    static const char *const hiding[] = {
        "display:none",  "visibility:hidden", "font-size:0;",
        "font-size:0px", "font-size:0pt",     "font-size:1px",
        "font-size:1pt", "mso-hide:all",      "opacity:0;"};
    char packed[256];
    size_t m = 0;

    for (size_t i = 0; i < n && m + 2 < sizeof(packed); i++) {
        if (!isspace((unsigned char)p[i]))
            packed[m++] = (char)tolower((unsigned char)p[i]);
    }
    packed[m++] = ';';
    packed[m] = '\0';
    for (size_t i = 0; i < sizeof(hiding) / sizeof(hiding[0]); i++) {
        if (strstr(packed, hiding[i]) != NULL)
            return true;
    }
    return false;
}

bool tag_is_white(const char *p, size_t n)
{
    if (n > 0 && p[0] == '#') {
        p++;
        n--;
    }
    if (n == 5)
        return strncasecmp(p, "white", 5) == 0;
    if (n != 6)
        return false;
    /* fefefe and whiter */
    for (size_t i = 0; i < 6; i++) {
        char c = (char)tolower((unsigned char)p[i]);
        bool is_near = i % 2 == 1 && (c == 'e' || c == 'd');
        if (c != 'f' && !is_near)
            return false;
    }
    return true;
}

bool tag_read(const char **at, const char *end, struct tag *tag)
{
    const char *p = *at + 1;
    size_t n = 0;
    char quote = '\0';

    tag->is_end = p < end && *p == '/';
    p += tag->is_end;
    while (p < end && isalnum((unsigned char)*p)) {
        if (n + 1 < TAG_NAME)
            tag->name[n++] = (char)tolower((unsigned char)*p);
        p++;
    }
    if (n == 0)
        return false;
    tag->name[n] = '\0';
    tag->p = p;
    for (; p < end && (quote != '\0' || *p != '>'); p++) {
        /* A quote only opens behind "="; others are part of bad markup. */
        if (quote == *p)
            quote = '\0';
        else if (quote == '\0' && strchr("\"'", *p) != NULL && p[-1] == '=')
            quote = *p;
    }
    tag->n = (size_t)(p - tag->p);
    *at = p < end ? p + 1 : p;
    return true;
}
