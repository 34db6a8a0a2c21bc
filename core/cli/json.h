/* SPDX-License-Identifier: MIT */
/*
 * JSON being written (RFC 8259), by hand: an answer costs a microsecond or two.
 *
 * What comes out is valid whatever goes in, and safe to look at: invalid UTF-8
 * becomes U+FFFD; control characters, bidi controls and line separators are
 * \u escapes.
 */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <glib.h>

#include <stddef.h>
#include <stdint.h>

/* A string with its quotes; NULL is null. */
void json_text(GString *to, const char *text);
void json_bytes(GString *to, const char *p, size_t n);
void json_int(GString *to, int64_t value);
void json_uint(GString *to, uint64_t value);
/* Nanoseconds as milliseconds with three digits: 41.207 */
void json_ms(GString *to, uint64_t ns);
/* 0..1 with six digits at most. */
void json_probability(GString *to, double value);

/* `,"key":`, without the comma where the object was just opened. */
void json_key(GString *to, const char *key);
/* A comma where one is needed before the next element. */
void json_comma(GString *to);

#endif
