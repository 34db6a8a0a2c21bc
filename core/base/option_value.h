/* SPDX-License-Identifier: MIT */
/*
 * One value: from text to number, and back to text for people.
 */
#ifndef BASE_OPTION_VALUE_H
#define BASE_OPTION_VALUE_H

#include <assay/plugin.h>

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* Reads one value (one item of a list).  False: *wrong is what should have been
 * written, such as `"abc" is not a size from 1 KiB to 4 GiB`; yours. */
bool option_value_read(const struct assay_option *option, const char *text,
                       int64_t *number, char **wrong);

/* "a size from 1 KiB to 4 GiB", "yes or no", "one of a, b, c"; yours. */
char *option_value_kind(const struct assay_option *option);

#endif
