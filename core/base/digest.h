/* SPDX-License-Identifier: MIT */
/*
 * SHA-256 (FIPS 180-4, by OpenSSL): what names a content in stamps and reports.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum {
    DIGEST_SIZE = 32,
    DIGEST_HEX_SIZE = 65 /* with the final NUL */
};

void digest_sha256(const void *p, size_t n, uint8_t out[DIGEST_SIZE]);

/* Lower-case hexadecimal, NUL-terminated. */
void digest_hex(const uint8_t digest[DIGEST_SIZE], char out[DIGEST_HEX_SIZE]);

#endif
