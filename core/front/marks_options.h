/* SPDX-License-Identifier: MIT */
/*
 * What [actions] says of headers.
 */
#ifndef FRONT_MARKS_OPTIONS_H
#define FRONT_MARKS_OPTIONS_H

#include "base/conf.h"

#include <glib.h>

#include <stdbool.h>

struct stamp_options;

/* Embedded: marks_options_read, _clear. */
struct marks_options {
    char *tag_subject;  /* "": the subject stays */
    char *junk_subject; /* the same */
    char *authserv_id;  /* not NULL */
    GPtrArray *remove;  /* char *: names, a final * matches the rest */
    /* Lent, to be set by whoever has read [stamp]; NULL: no stamps. */
    const struct stamp_options *stamp;
};

/* conf NULL: all defaults. */
bool marks_options_read(const struct conf *conf, struct marks_options *out,
                        GError **error);
void marks_options_clear(struct marks_options *options);

/* Is it one of options->remove, case ignored?  p[0..n). */
bool marks_options_removes(const struct marks_options *options, const char *p,
                           size_t n);

#endif
