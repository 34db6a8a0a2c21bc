/* SPDX-License-Identifier: MIT */
/*
 * A tag before a subject.
 *
 * The subject itself stays byte for byte: encoded words (RFC 2047), folds, raw UTF-8.
 * The tag is printable ASCII and stands alone before a blank, as RFC 2047 5 (1) wants
 * it between text and an encoded word.
 */
#ifndef FRONT_SUBJECT_TAG_H
#define FRONT_SUBJECT_TAG_H

#include <stddef.h>

/* The new value, yours, for the field's raw value p[0..n); NULL: it begins with the tag
 * already, encoded or not, or is too long for an MTA to take it back.  A NUL or a lone
 * CR in it, which no edit can hold, becomes a blank. */
char *subject_tag(const char *p, size_t n, const char *tag);

#endif
