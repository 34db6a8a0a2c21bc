/* SPDX-License-Identifier: MIT */
/*
 * The leaves of a mail as GMime's own parser finds and decodes them, to compare ours
 * with.
 */
#ifndef TESTS_GMIME_LEAVES_H
#define TESTS_GMIME_LEAVES_H

#include "mail/message.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>

/* GMime's leaves of mail[0..n), GString each; yours.  NULL: it finds none.  Needs
 * g_mime_init(). */
GPtrArray *gmime_leaves(const char *mail, size_t n);

/* Are the message's leaves these, byte by byte and in this order? */
bool leaves_are_same(const struct message *message, const GPtrArray *leaves);

#endif
