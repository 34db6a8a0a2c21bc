/* SPDX-License-Identifier: MIT */
/*
 * One header block, read within the limits.
 */
#ifndef MAIL_HEAD_H
#define MAIL_HEAD_H

#include "base/limits.h"
#include "mail/edge.h"
#include "mail/field.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where blocks are read from; lives as long as the pass over the mail. */
struct head_source {
    const uint8_t *p;
    size_t n;
    const struct limits *limits;
    struct edges *edges;  /* boundaries that end a block */
    uint64_t fields_left; /* of max_header_fields */
};

/* What was read. */
struct head {
    GArray *fields; /* struct field; yours */
    struct field_block block;
    size_t end; /* behind the block; where a bound ended it, before what
                            crossed it */
    const char *reached; /* "header_bytes", "header_fields"; NULL: none */
    bool is_group_deep;  /* max_group_nesting */
};

/*
 * Reads the block at `at`.  Lines that are no field are skipped in a mail's own
 * header (`is_mail`); the header of an entity whose first line is none is empty.  A
 * boundary line ends a block too: one of an open multipart, or of the one that the
 * block itself begins.
 */
void head_read(struct head_source *source, size_t at, bool is_mail,
               struct head *out);

/* Offset of a mail's first header field, or n where its first block has none. */
size_t head_first_field(const struct head_source *source);

/* The boundary line ("--" and the boundary) that the fields of an entity name; yours,
 * NULL: none.  *is_multipart: it is one all the same. */
GString *head_boundary(const GArray *fields, bool *is_multipart);

#endif
