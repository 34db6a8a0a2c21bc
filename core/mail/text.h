/* SPDX-License-Identifier: MIT */
/*
 * An object's text as UTF-8, and decoded header values.
 */
#ifndef MAIL_TEXT_H
#define MAIL_TEXT_H

#include "mail/object.h"

#include <stddef.h>

enum {
    /* So much of an object becomes text; what comes after is only in its content. */
    TEXT_MAX_BYTES = 16 * 1024 * 1024,
    /* So much of a header value is decoded. */
    TEXT_MAX_HEADER_BYTES = 64 * 1024
};

/* The content of a text object as valid UTF-8, made when first asked for and kept:
 * declared charset, else UTF-8 if it is, else windows-1252; a UTF-8, UTF-16 or UTF-32
 * mark at the head wins; invalid bytes become U+FFFD.  Names are taken as browsers and
 * mail programs take them: us-ascii and iso-8859-1 are windows-1252, gb2312 is
 * GB 18030 (encoding.spec.whatwg.org).  HTML stays HTML source.  NULL where
 * ASSAY_OBJECT_TEXT is not set, or the object is hollow.  Lent by the object. */
const char *text_utf8(struct object *object, size_t *n);

/* Occurrence `index` of field `name` (case ignored), unfolded, RFC 2047 decoded,
 * valid UTF-8; a new string, or NULL. */
char *text_header(const struct object *object, const char *name,
                  unsigned index);

/*
 * p[0..n) in `charset` as valid UTF-8, invalid bytes as U+FFFD, NUL as it is; a new
 * string, yours, terminated.  A charset that is NULL or not known: UTF-8 if it is,
 * else windows-1252.  At most `max` bytes of input are read (0: all).
 */
char *text_convert(const char *p, size_t n, const char *charset, size_t max,
                   size_t *out_n);

/* NUL becomes a blank, so that what follows is still part of the C string. */
void text_blank_nul(char *text, size_t n);

#endif
