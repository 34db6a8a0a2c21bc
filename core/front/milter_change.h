/* SPDX-License-Identifier: MIT */
/*
 * One edit of a message as a packet, for before the answer to its end.  A list of them
 * goes out by front/milter_edit.h, which knows the order.
 *
 * Everything is appended to `out`.  Text may come from mail and is checked here, at the
 * last place before the wire: nothing can end a line, a string or a packet early, so
 * that no header can be forged.  False: with `error`, and `out` is as it was.
 */
#ifndef FRONT_MILTER_CHANGE_H
#define FRONT_MILTER_CHANGE_H

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Headers.  The name is a field name (RFC 5322 3.6.8).  The value is what comes after
 * "Name: "; it may be folded, by CRLF or LF before a blank.  With it a blank is put
 * out: HDR_LEADSPC is required (front/milter_session.h).  Index as in the message
 * that was received: of that name and from 1 on for change and delete; of all headers
 * for insert, where 0 is above everything, the MTA's own Received too.
 */
bool milter_put_add_header(GByteArray *out, const char *name, const char *value,
                           GError **error);
bool milter_put_insert_header(GByteArray *out, uint32_t index, const char *name,
                              const char *value, GError **error);
bool milter_put_change_header(GByteArray *out, uint32_t index, const char *name,
                              const char *value, GError **error);
bool milter_put_delete_header(GByteArray *out, uint32_t index, const char *name,
                              GError **error);

/* Addresses without <>; `args`: ESMTP arguments, NULL: none. */
bool milter_put_add_rcpt(GByteArray *out, const char *address, const char *args,
                         GError **error);
bool milter_put_delete_rcpt(GByteArray *out, const char *address,
                            GError **error);
bool milter_put_change_from(GByteArray *out, const char *address,
                            const char *args, GError **error);

/* In chunks of at most MILTER_DATA_MAX; lines end in CRLF.  Postfix wants all chunks in
 * one go, with nothing between, and none empty: no body becomes one empty line. */
void milter_put_body(GByteArray *out, const uint8_t *p, size_t n);

/* `reason`: printable, not empty. */
bool milter_put_quarantine(GByteArray *out, const char *reason, GError **error);

#endif
