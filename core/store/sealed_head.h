/* SPDX-License-Identifier: MIT */
/*
 * The header of a held message's file, as bytes and back.  Private to sealed.c and
 * sealed_read.c.
 */
#ifndef STORE_SEALED_HEAD_H
#define STORE_SEALED_HEAD_H

#include "store/sealed.h"

enum {
    SEALED_AD_SIZE = 72, /* bytes that are associated data */
    SEALED_STREAM_AT = SEALED_AD_SIZE,
    SEALED_STREAM_SIZE = 24,
    SEALED_CHECK_AT = 96,
    SEALED_VERSION = 1
};

/* Bytes 0 to 71. */
void sealed_head_put(const struct sealed *head, uint8_t *to);
/* False: `why` is what is wrong, static. */
bool sealed_head_take(const uint8_t *from, struct sealed *out,
                      const char **why);
/* SHA-256 of bytes 0 to 95 and of `meta`. */
void sealed_head_check(const uint8_t *head, const GByteArray *meta,
                       uint8_t out[DIGEST_SIZE]);

#endif
