/* SPDX-License-Identifier: MIT */
/*
 * Encoded words in header values (RFC 2047), as mail programs read them: anywhere, of
 * any length, characters split between two words.
 *
 * Ours, because GMime 3.2.13 drops what follows a padded base64 word of the same
 * charset: "=?utf-8?B?YS4=?= =?utf-8?B?ZXhl?=" is "a." to it and "a.exe" to others.
 */
#ifndef MAIL_WORDS_H
#define MAIL_WORDS_H

#include <stddef.h>

/* p[0..n), unfolded, with its encoded words decoded, valid UTF-8; a new string of
 * *out_n bytes, in which NUL stays.  Linear, but a charset that is new costs tens of
 * microseconds: the caller bounds n. */
char *words_decode(const char *p, size_t n, size_t *out_n);

#endif
