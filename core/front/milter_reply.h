/* SPDX-License-Identifier: MIT */
/*
 * What a filter says to an MTA, as bytes (front/milter_wire.h has the formats).
 *
 * Everything is appended to `out`.  Text is checked here, at the last place before the
 * wire: nothing can end a line, a string or a packet early.  False: with `error`, and
 * `out` is as it was.  Edits of the message: front/milter_change.h.
 */
#ifndef FRONT_MILTER_REPLY_H
#define FRONT_MILTER_REPLY_H

#include "front/milter_codec.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A response without data: c a r t d s p f 4. */
void milter_put_plain(GByteArray *out, enum milter_response response);

/* The answer to O.  `lists`: names of macros by stage, separated by blanks, NULL: as
 * the MTA is configured; told only with MILTER_MAY_SET_MACROS in the actions. */
void milter_put_agreed(GByteArray *out, const struct milter_offer *agreed,
                       const char *const lists[MILTER_LISTS]);

/*
 * What the client is answered (RFC 5321 4.2, RFC 3463).  Lent.
 */
struct milter_reply {
    unsigned code; /* 400 to 599 */
    /* "5.7.1", of the code's class; NULL: x.7.1, as MTAs say of a plain reject. */
    const char *enhanced;
    const char *text; /* printable ASCII, lines separated by LF */
};

/* At most 32 lines, of 512 bytes each with code and CRLF; a % is doubled. */
bool milter_put_reply(GByteArray *out, const struct milter_reply *reply,
                      GError **error);

#endif
