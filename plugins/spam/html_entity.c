/* SPDX-License-Identifier: MIT */
#include "html_entity.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
    ENTITY = 10 /* bytes with its semicolon */
};

static uint32_t named_entity(const char *p, size_t n)
{
    static const struct {
        const char *name;
        uint32_t c;
    } names[] = {
        {"amp", '&'},     {"lt", '<'},      {"gt", '>'},      {"quot", '"'},
        {"apos", '\''},   {"nbsp", 0xA0},   {"euro", 0x20AC}, {"copy", 0xA9},
        {"reg", 0xAE},    {"auml", 0xE4},   {"ouml", 0xF6},   {"uuml", 0xFC},
        {"Auml", 0xC4},   {"Ouml", 0xD6},   {"Uuml", 0xDC},   {"szlig", 0xDF},
        {"eacute", 0xE9}, {"egrave", 0xE8}, {"agrave", 0xE0}, {"ccedil", 0xE7},
        {"pound", 0xA3},  {"shy", 0xAD},    {"zwnj", 0x200C}, {"zwj", 0x200D}};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strlen(names[i].name) == n && memcmp(names[i].name, p, n) == 0)
            return names[i].c;
    }
    return 0;
}

static uint32_t numeric_entity(const char *p, size_t n)
{
    char digits[ENTITY + 1];
    char *rest;
    bool is_hex = n > 1 && (p[0] == 'x' || p[0] == 'X');

    memcpy(digits, p, n);
    digits[n] = '\0';
    if (!isxdigit((unsigned char)digits[is_hex]))
        return 0;
    unsigned long c = strtoul(digits + is_hex, &rest, is_hex ? 16 : 10);
    bool is_legal = *rest == '\0' && c <= 0x10FFFF && !(c >> 11 == 0x1B);
    return is_legal ? (uint32_t)c : 0;
}

uint32_t html_entity(const char **at, const char *end)
{
    const char *p = *at + 1;
    size_t left = (size_t)(end - p);
    const char *semicolon = memchr(p, ';', left > ENTITY ? ENTITY : left);

    ++*at;
    if (semicolon == NULL || semicolon == p)
        return '&';
    size_t n = (size_t)(semicolon - p);
    uint32_t c =
        p[0] == '#' ? numeric_entity(p + 1, n - 1) : named_entity(p, n);
    if (c == 0)
        return '&';
    *at = semicolon + 1;
    return c;
}
