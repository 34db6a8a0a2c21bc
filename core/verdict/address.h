/* SPDX-License-Identifier: MIT */
/*
 * Addresses that an administrator names: mail is sent there.
 */
#ifndef VERDICT_ADDRESS_H
#define VERDICT_ADDRESS_H

#include "base/option.h"

#include <glib.h>

#include <stdbool.h>

/* local@domain without <>, blanks and controls, as it can stand in an envelope
 * (RFC 5321 4.1.2; UTF-8 as in RFC 6531). */
bool address_is_usable(const char *text);

/* Are all values of that option?  Else the error tells which is not, with its line.
 * in_file NULL: all are. */
bool address_check_option(const struct conf *conf,
                          const struct conf_section *in_file,
                          const struct option_set *set, const char *key,
                          GError **error);

#endif
