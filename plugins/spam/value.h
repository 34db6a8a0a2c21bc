/* SPDX-License-Identifier: MIT */
/*
 * Values of header fields, raw: with folds and comments as they stood.
 */
#ifndef SPAM_VALUE_H
#define SPAM_VALUE_H

#include <assay/plugin.h>

#include <stdbool.h>

/* A blank or a line end. */
bool value_is_blank(char c);

/* RFC 5322 3.3, with the obsolete zones and without the seconds that some leave
 * out. */
bool value_is_date(struct assay_str value);

/* RFC 5322 3.6.4: <left@right>, nothing else. */
bool value_is_message_id(struct assay_str value);

/* The address in an address field, what stands around the last '@'; n 0: none.
 * Lent from `value`. */
struct assay_str value_address(struct assay_str value);

/* Does it begin, behind blanks, with `word` (case ignored)? */
bool value_begins(struct assay_str value, const char *word);

#endif
