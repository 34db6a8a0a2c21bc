/* SPDX-License-Identifier: MIT */
/*
 * A recipe: what a generation is made of, kept as long as the generation.
 *
 * A copy, so that a front may read a new configuration, hand it over and forget it,
 * while messages are still answered by the limits and options of the old one.
 */
#ifndef POOL_RECIPE_H
#define POOL_RECIPE_H

#include "pool/pool.h"

#include <glib.h>

/* Owned by whoever made it, then by its generation. */
struct recipe {
    struct pool_how how; /* points to the next four; the resolver is lent */
    struct conf *conf;
    struct limits limits;
    struct pool_options options;
    char *only_file;
};

/* `program` is lent as long as it lives.  NULL: the configuration cannot be read
 * again. */
struct recipe *recipe_new(const struct pool_how *how, const char *program,
                          GError **error);
void recipe_free(struct recipe *recipe);

#endif
