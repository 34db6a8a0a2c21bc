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

bool tag_attribute(const struct tag *tag, const char *name, const char **p,
                   size_t *n)
{
    size_t name_n = strlen(name);

    for (unsigned i = 0; i < tag->pair_n; i++) {
        const struct tag_pair *pair = &tag->pairs[i];
        if (pair->name_n == name_n &&
            strncasecmp(pair->name, name, name_n) == 0) {
            *p = pair->value;
            *n = pair->value_n;
            return true;
        }
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

static bool is_name_end(char c)
{
    return c == '=' || c == '>' || isspace((unsigned char)c);
}

static const char *skip_blanks(const char *p, const char *end)
{
    while (p < end && isspace((unsigned char)*p))
        p++;
    return p;
}

/* The value behind a '='; where it ends. */
static const char *read_value(const char *p, const char *end,
                              struct tag_pair *pair)
{
    bool is_quoted = p < end && (*p == '"' || *p == '\'');

    if (is_quoted) {
        const char *close = memchr(p + 1, *p, (size_t)(end - p - 1));
        pair->value = p + 1;
        p = close == NULL ? end : close;
        pair->value_n = (size_t)(p - pair->value);
        return p < end ? p + 1 : p;
    }
    pair->value = p;
    while (p < end && *p != '>' && !isspace((unsigned char)*p))
        p++;
    pair->value_n = (size_t)(p - pair->value);
    return p;
}

/* All attributes up to the '>', or to the end; where that is. */
static const char *read_pairs(const char *p, const char *end, struct tag *tag)
{
    for (;;) {
        struct tag_pair pair = {.value = ""};
        p = skip_blanks(p, end);
        if (p == end || *p == '>')
            return p;
        pair.name = p++;
        while (p < end && !is_name_end(*p))
            p++;
        pair.name_n = (size_t)(p - pair.name);
        const char *behind = skip_blanks(p, end);
        if (behind < end && *behind == '=')
            p = read_value(skip_blanks(behind + 1, end), end, &pair);
        if (tag->pair_n < TAG_ATTRIBUTES)
            tag->pairs[tag->pair_n++] = pair;
    }
}

bool tag_read(const char **at, const char *end, struct tag *tag)
{
    const char *p = *at + 1;
    size_t n = 0;

    tag->is_end = p < end && *p == '/';
    tag->pair_n = 0;
    p += tag->is_end;
    while (p < end && isalnum((unsigned char)*p)) {
        if (n + 1 < TAG_NAME)
            tag->name[n++] = (char)tolower((unsigned char)*p);
        p++;
    }
    if (n == 0)
        return false;
    tag->name[n] = '\0';
    p = read_pairs(p, end, tag);
    *at = p < end ? p + 1 : p;
    return true;
}
