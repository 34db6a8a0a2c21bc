/* SPDX-License-Identifier: MIT */
/*
 * Little-endian numbers and patterns in byte strings.
 */
#ifndef ARCHIVE_BYTES_H
#define ARCHIVE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t le16(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static inline uint32_t le32(const uint8_t *p)
{
    return le16(p) | le16(p + 2) << 16;
}

static inline uint64_t le64(const uint8_t *p)
{
    return le32(p) | (uint64_t)le32(p + 4) << 32;
}

/* Do the `m` bytes of `word` stand at `at`? */
static inline bool has_at(const uint8_t *p, size_t n, size_t at,
                          const char *word, size_t m)
{
    return at <= n && m <= n - at && memcmp(p + at, word, m) == 0;
}

/* Where `word` stands first in p[from..to), or `to`. */
static inline size_t find_in(const uint8_t *p, size_t from, size_t to,
                             const char *word, size_t m)
{
    if (from >= to)
        return to;
    const uint8_t *hit = memmem(p + from, to - from, word, m);
    return hit == NULL ? to : (size_t)(hit - p);
}

#endif
