/* SPDX-License-Identifier: MIT */
/*
 * Parameters of Content-Type and Content-Disposition, as they stand.
 *
 * GMime joins, decodes and forgets; a scanner wants every value that was written,
 * raw too, since clients differ in which of two they take.  RFC 2045 5.1, RFC 2231.
 */
#ifndef MAIL_PARAM_H
#define MAIL_PARAM_H

#include "mail/object.h"

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

/* Walks the parameters of p[0..n) from offset *at (0 at first). */
bool param_next(const char *p, size_t n, size_t *at, struct param *out);

/* The first plain value of `name` (case ignored), unquoted, valid UTF-8; a new
 * string, or NULL. */
char *param_value(const struct field *field, const char *name);

/* Adds to `object` every value of parameter `name` as a name: each one written,
 * continuations joined, and what GMime makes of the field. */
void param_add_names(struct object *object, const struct field *field,
                     const char *name);

#endif
