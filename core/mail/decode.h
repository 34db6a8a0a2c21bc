/* SPDX-License-Identifier: MIT */
/*
 * Content-Transfer-Encoding (RFC 2045 6) undone, once, into one piece.
 */
#ifndef MAIL_DECODE_H
#define MAIL_DECODE_H

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What decoding found. */
struct decoded {
    GBytes *bytes;   /* yours */
    bool is_shared;  /* a slice of the raw bytes: nothing was unpacked */
    bool is_cut;     /* `max` was reached */
    bool is_unknown; /* no encoding of that name: taken as it is */
    bool has_junk;   /* base64 with characters that do not belong there */
    bool has_tail; /* base64 that goes on behind its padding: some programs stop
                        there, the content here goes on */
};

/* Decodes `raw`, which `encoding` (lower case; NULL: none) says how to read, into at
 * most `max` bytes. */
void decode_content(GBytes *raw, const char *encoding, uint64_t max,
                    struct decoded *out);

#endif
