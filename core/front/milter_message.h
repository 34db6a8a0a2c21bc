/* SPDX-License-Identifier: MIT */
/*
 * The client's message, made again from the pieces that the MTA hands out.
 *
 * Byte for byte what the MTA has, without the Received line that it put on top itself:
 * a DKIM signature that is simple in header and body holds.  "Name:" and the value as it
 * is (with HDR_LEADSPC the blanks behind the colon are the value's own), the LF of a
 * folded value as CRLF, an empty line, the body untouched.  What cannot be told:
 *     - blanks between a name and its colon; MTAs drop them,
 *     - whether there was an empty line at all when the message has no body.
 *
 * Bounded: of a message larger than the limit nothing is kept but its header, and that
 * only where it was within the limit itself.
 */
#ifndef FRONT_MILTER_MESSAGE_H
#define FRONT_MILTER_MESSAGE_H

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Embedded in its session; zeroed memory but for `max` is an empty message. */
struct milter_message {
    GByteArray *bytes; /* NULL: nothing yet, or too large */
    size_t max;
    /* Bytes of the header and its empty line; 0: not there yet. */
    size_t header_n;
    bool is_too_large;
};

void milter_message_header(struct milter_message *message, const char *name,
                           const char *value);
/* Ends the header: the empty line. */
void milter_message_eoh(struct milter_message *message);
void milter_message_body(struct milter_message *message, const uint8_t *p,
                         size_t n);
/* All of it, or of one that was too large its header, yours; the message is empty
 * again.  NULL: the header was too large. */
GBytes *milter_message_steal(struct milter_message *message);
void milter_message_clear(struct milter_message *message);

#endif
