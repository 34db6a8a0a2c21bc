/* SPDX-License-Identifier: MIT */
/*
 * Bounds that hold before GMime sees a message.
 *
 * Measured: 45,000 nested groups in one To: overflow GMime's stack; 1,000,000
 * header lines take 551 MiB; nesting stops silently at 1,024 levels.  One pass over
 * the raw bytes follows header blocks and boundaries as GMime will, and counts.
 * Where a bound is reached the bytes after it are not parsed (they are still in the
 * root object, which is scanned raw), and the message is told as partial with the
 * bound's name.
 *
 * A mail whose own header names no multipart has one entity, the rest of the mail,
 * and GMime is not asked.  Otherwise it gets a masked copy where that is needed or
 * cheap: single bytes of header blocks are changed, none is added or dropped, so
 * offsets stay true.  Masked are
 *   - the colon of all fields of the mail itself but Content-...: GMime skips what is
 *     no field, and would take addresses and dates apart at once, by recursion and
 *     at a cost, while Assay reads fields from the raw bytes;
 *   - media types message/... and multipart/digest: nested mails are leaves for
 *     GMime, and parsed one by one with their exact bytes;
 *   - what follows a boundary on its line, where GMime wants only blanks;
 *   - NUL in header blocks, where GMime would stop reading a field.
 */
#ifndef MAIL_BOUND_H
#define MAIL_BOUND_H

#include "base/limits.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* What the pass found.  Offsets are of the raw bytes. */
struct bound {
    size_t from;       /* the first header field; n where there is no header */
    size_t body;       /* behind the mail's own header */
    size_t parse_from; /* GMime begins here: the first Content-... field */
    size_t parse_n;    /* the bytes from this one on are not looked at */
    bool is_flat;      /* one entity, body..parse_n; no need for GMime */
    uint64_t fields;   /* header fields in them */
    uint64_t parts;    /* header blocks of MIME entities in them, the message's
                            own not counted */
    const char *reached;   /* "header_bytes", "header_fields", "parts",
                              "mime_depth"; NULL: none */
    bool is_group_deep;    /* max_group_nesting reached in an address field */
    bool is_boundary_near; /* a boundary line went on after the boundary: by RFC
                              2046 it counts, many parsers do not see it */
    GBytes *tamed; /* the masked copy (parse this instead, same offsets),
                              or NULL.  Owned: bound_clear */
};

/* `depth`: MIME levels around this message, counted against max_mime_depth. */
void bound_message(const uint8_t *p, size_t n, const struct limits *limits,
                   unsigned depth, struct bound *out);
void bound_clear(struct bound *bound);

#endif
