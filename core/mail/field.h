/* SPDX-License-Identifier: MIT */
/*
 * Header fields (RFC 5322 2.2) as they stand in the raw bytes, without a copy.
 *
 * The line rules are GMime's: a field name may have blanks before its colon, a line
 * that begins with a blank continues the field before it, the first empty line ends
 * the block.
 */
#ifndef MAIL_FIELD_H
#define MAIL_FIELD_H

#include "mail/object.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What field_next found. */
enum field_line {
    FIELD_LINE_FIELD, /* a field with all its folds */
    FIELD_LINE_JUNK,  /* a line that is none */
    FIELD_LINE_END,   /* the empty line; `at` is behind it */
    FIELD_LINE_EOF    /* the bytes are over */
};

/* Walks a header block; lives on the stack. */
struct field_reader {
    const uint8_t *p;
    size_t n;
    size_t at;    /* the next line */
    size_t start; /* of the line that field_next found last */
};

enum field_line field_next(struct field_reader *reader, struct field *out);

/* What was odd about a block. */
struct field_block {
    uint32_t junk; /* lines that are no field */
    bool has_8bit; /* a field that is not valid UTF-8 */
    bool has_nul;
};

/* Looks for what is odd in the bytes of a block, p[from..to), and its fields. */
void field_examine(const uint8_t *p, size_t from, size_t to,
                   const GArray *fields, struct field_block *block);

/* Occurrence `index` of `name` (case ignored), or NULL. */
const struct field *field_find(const GArray *fields, const char *name,
                               unsigned index);
bool field_is(const struct field *field, const char *name);
/* Content-... (RFC 2045 3): a field of the MIME entity, not of the mail. */
bool field_is_content(const struct field *field);

/* Offset of the first header line: behind a leading "From " line of an mbox. */
size_t field_skip_from_line(const uint8_t *p, size_t n);

#endif
