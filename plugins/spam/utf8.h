/* SPDX-License-Identifier: MIT */
/*
 * UTF-8 in and out, for bytes that may be anything.
 */
#ifndef SPAM_UTF8_H
#define SPAM_UTF8_H

#include <stddef.h>
#include <stdint.h>

enum {
    UTF8_INVALID = 0xFFFD,
    UTF8_MAX = 4 /* bytes of one character */
};

/* The next character of `*p`, which moves on by at least one byte and never past
 * `end`; UTF8_INVALID for a byte that starts none. */
uint32_t utf8_next(const char **p, const char *end);

/* Writes one character; how many bytes it took. */
size_t utf8_put(char out[UTF8_MAX], uint32_t c);

#endif
