/* SPDX-License-Identifier: MIT */
/*
 * Two numbers of one section that make sense in one order only.  Private to the
 * readers of options.
 *
 * Both written in the wrong order is a mistake.  Where only one is written the other,
 * a default or inherited, gives way: nobody should have to set a second option
 * because of the first.  A limit that stops something is never widened that way.
 */
#ifndef POOL_OPTIONS_PAIR_H
#define POOL_OPTIONS_PAIR_H

#include "base/option.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* Constant. */
struct options_pair {
    const char *less; /* names */
    const char *more;
    bool is_limit; /* `more` is one: equal is wrong too, and it gives way to
                         * nothing */
    const char *advice; /* after the message's colon */
};

extern const struct options_pair options_pair_workers;
extern const struct options_pair options_pair_warn;
extern const struct options_pair options_pair_backoff;

/* One section while it is read. */
struct options_source {
    const struct conf *conf;            /* may be NULL, then so is in_file */
    const struct conf_section *in_file; /* NULL: it is not in the file */
    const struct option_set *set;
};

/* Puts *less and *more into their order; a `less` that gives way to a limit becomes
 * 0, which is never. */
bool options_pair_settle(const struct options_pair *pair,
                         const struct options_source *source, uint64_t *less,
                         uint64_t *more, GError **error);

#endif
