/* SPDX-License-Identifier: MIT */
/*
 * One mail's structure: where its header and its MIME entities begin and end.
 *
 * One pass over the raw bytes, without recursion and without a copy, that counts
 * against the limits as it goes.  It takes the place of GMime's parser: that one
 * recurses (45,000 nested groups in one To: overflow its stack), takes 551 MiB for
 * 1,000,000 header lines, copies what stands around the parts, gives up silently at
 * 1,024 levels or a boundary of 4 KiB, and would have to be guarded by a pass that
 * finds the same boundaries first.  Its rules are GMime's (the tests compare), but
 * for these:
 *   - a boundary line may go on after the boundary (RFC 2046 5.1.1);
 *   - an entity whose first line is no field has no header: nothing is dropped;
 *   - a boundary line ends a header even without an empty line before it.
 *
 * Where a bound is reached the bytes after it are not looked at: they are still in
 * the mail's own object, which is scanned whole, and the message is told as partial
 * with the bound's name.
 */
#ifndef MAIL_TREE_H
#define MAIL_TREE_H

#include "base/limits.h"
#include "mail/field.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The entity that a span lies in: none, it is the mail's own. */
#define TREE_MAIL UINT32_MAX

/* One entity.  Offsets are of the mail's bytes.  Owned by its tree. */
struct span {
    uint32_t parent;   /* index of the multipart around it, or TREE_MAIL */
    uint32_t children; /* multipart: entities directly in it */
    size_t body; /* content, still encoded; multipart without children: what
                          stands there instead */
    size_t end;
    GArray *fields; /* struct field; NULL: those of the mail */
    struct field_block block;
    bool is_multipart;
    bool has_boundary; /* multipart: it names one */
    bool is_closed;    /* multipart: its final boundary line was there */
};

/* What the pass found. */
struct tree {
    GArray *fields; /* struct field of the mail's own header, may be empty */
    struct field_block block;
    GArray *spans;  /* struct span, in order, parents first; empty where a bound
                       ended the pass in the mail's own header */
    uint64_t parts; /* spans below the first */
    uint64_t header_fields; /* of all of them; each parameter over 32 in a field
                               counts as one */
    const char *reached;    /* "header_bytes", "header_fields", "parts",
                               "mime_depth"; NULL: none */
    bool is_group_deep;     /* an address field nests groups deeper than
                               max_group_nesting */
    bool is_boundary_near;  /* a boundary line went on after the boundary: some
                              programs see no part there */
};

/* Reads p[0..n).  `depth`: MIME levels around this mail, counted against
 * max_mime_depth. */
void tree_read(const uint8_t *p, size_t n, const struct limits *limits,
               unsigned depth, struct tree *out);
void tree_clear(struct tree *tree);

#endif
