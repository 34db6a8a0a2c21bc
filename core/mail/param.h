/* SPDX-License-Identifier: MIT */
/*
 * Parameters of Content-Type and Content-Disposition, as they stand.
 *
 * A library joins, decodes and forgets; a scanner wants every value that was written,
 * raw too, since clients differ in which of two they take.  RFC 2045 5.1, RFC 2231.
 */
#ifndef MAIL_PARAM_H
#define MAIL_PARAM_H

#include "mail/object.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One `name*section*=value`; lent by the field's bytes. */
struct param {
    const char *name;
    size_t name_n;
    const char *value; /* without its quotes, backslashes still in */
    size_t value_n;
    int section;     /* of a continuation, -1: none */
    bool is_encoded; /* charset'language'%XX, or a piece of that */
    bool is_quoted;
};

/* Offset behind the blanks and comments (RFC 5322 3.2.2, which may nest) that stand
 * at p[at..n). */
size_t param_skip_comments(const char *p, size_t n, size_t at);

/* Walks the parameters of p[0..n) from offset *at (0 at first). */
bool param_next(const char *p, size_t n, size_t *at, struct param *out);

/* The first value of `name` (case ignored), unquoted and joined, its bytes not
 * converted; yours, or NULL. */
GString *param_bytes(const struct field *field, const char *name);

/* Is the field's media type of that kind ("multipart")?  Comments are skipped. */
bool param_is_type(const struct field *field, const char *type);

/*
 * Adds to `object` every value of parameter `name` as a name: each one written, and
 * continuations joined.  `budget`: bytes that may still be decoded by RFC 2047; values
 * over it are added as they stand.  What is too much to be read sets is_name_cut.
 */
void param_add_names(struct object *object, const struct field *field,
                     const char *name, size_t *budget);

#endif
