/* SPDX-License-Identifier: MIT */
#include "utf8.h"

#include <stdbool.h>

/* Bytes in the sequence that `lead` starts, and its smallest legal value. */
static unsigned length_of(unsigned char lead, uint32_t *least)
{
    if (lead >= 0xF0) {
        *least = 0x10000;
        return lead <= 0xF4 ? 4 : 0;
    }
    if (lead >= 0xE0) {
        *least = 0x800;
        return 3;
    }
    *least = 0x80;
    return lead >= 0xC2 ? 2 : 0;
}

uint32_t utf8_next(const char **p, const char *end)
{
    const unsigned char *s = (const unsigned char *)*p;
    size_t left = (size_t)(end - *p);
    uint32_t least;
    unsigned n;

    ++*p;
    if (s[0] < 0x80)
        return s[0];
    n = length_of(s[0], &least);
    if (n == 0 || n > left)
        return UTF8_INVALID;
    uint32_t c = s[0] & (0x7Fu >> n);
    for (unsigned i = 1; i < n; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return UTF8_INVALID;
        c = c << 6 | (s[i] & 0x3Fu);
    }
    bool is_surrogate = c >= 0xD800 && c <= 0xDFFF;
    if (c < least || c > 0x10FFFF || is_surrogate)
        return UTF8_INVALID;
    *p += n - 1;
    return c;
}

size_t utf8_put(char out[UTF8_MAX], uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}
