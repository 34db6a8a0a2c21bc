/* SPDX-License-Identifier: MIT */
/*
 * The text of a stamp, to and from a claim.  Private to front/stamp_*.c.
 */
#ifndef FRONT_STAMP_TEXT_H
#define FRONT_STAMP_TEXT_H

#include "base/digest.h"
#include "front/stamp_header.h"

enum {
    STAMP_TEXT_MAX = 1000, /* bytes of a value */
    STAMP_MAC_HEX = 64,
};

/* The items from v to b; `mac` has STAMP_MAC_HEX digits.  Yours. */
char *stamp_text_write(const struct stamp_claim *claim, const char *mac);

/* False: p[0..n), raw with its folds, is no such text, down to the last blank.  What it
 * says may still be a lie, and no claim that a stamp may make. */
bool stamp_text_read(const char *p, size_t n, struct stamp_claim *out,
                     char mac[STAMP_MAC_HEX + 1]);

/* May a stamp say that? */
bool stamp_text_is_allowed(const struct stamp_claim *claim);

/* HMAC by that key, as hexadecimal. */
void stamp_text_sign(const struct stamp_key *key,
                     const struct stamp_claim *claim,
                     const uint8_t digest[DIGEST_SIZE],
                     char mac[STAMP_MAC_HEX + 1]);

#endif
