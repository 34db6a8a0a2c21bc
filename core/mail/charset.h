/* SPDX-License-Identifier: MIT */
/*
 * Charsets: what their names mean in mail, and open converters to UTF-8.
 */
#ifndef MAIL_CHARSET_H
#define MAIL_CHARSET_H

#include <iconv.h>
#include <stdbool.h>

/* The name iconv knows for a declared one (case and outer blanks ignored), "" for
 * "whatever it is" (UTF-8 or windows-1252), NULL: nobody knows it.  Static, or lent
 * until the next call. */
const char *charset_canonical(const char *declared);

/* A converter to UTF-8 in its initial state, kept open for the next call; false: the
 * C library has none.  Of this thread. */
bool charset_open(const char *canonical, iconv_t *out);

#endif
