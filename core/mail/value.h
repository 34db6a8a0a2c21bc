/* SPDX-License-Identifier: MIT */
/*
 * Header values by GMime: parameters, encoded words.  The values are bounded by
 * whoever read the header (mail/tree.h).
 */
#ifndef MAIL_VALUE_H
#define MAIL_VALUE_H

#include "mail/object.h"

#include <stddef.h>

/* The boundary line ("--" and the boundary) of a Content-Type value that is a
 * multipart: a new string, NULL where it names none.  *is_multipart says whether it
 * is one. */
char *value_boundary(const char *value, size_t n, bool *is_multipart);

/* p[0..n), unfolded, with its RFC 2047 words decoded, valid UTF-8; a new string. */
char *value_decode(const char *p, size_t n);

/* Adds what GMime takes for parameter `name` of the field. */
void value_add_names(struct object *object, const struct field *field,
                     const char *name);

#endif
