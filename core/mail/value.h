/* SPDX-License-Identifier: MIT */
/*
 * RFC 2047 by GMime: encoded words in header values.
 */
#ifndef MAIL_VALUE_H
#define MAIL_VALUE_H

#include <stddef.h>

/* p[0..n), unfolded, with its encoded words decoded, valid UTF-8; a new string.
 * GMime takes 0.2 us for a hostile byte: the caller bounds n. */
char *value_decode(const char *p, size_t n);

#endif
