/* SPDX-License-Identifier: MIT */
/*
 * Reload: one generation after another.
 *
 *     overlap                          drain-first
 *     IDLE                             IDLE
 *       │ a recipe                       │ a recipe
 *       │                              EMPTYING  the running one answers what it has,
 *       │                                │       new work waits; then its processes end
 *     LOADING  beside the running one  LOADING
 *       │ passed          │ failed       │ passed       │ failed
 *     takes over        freed          takes over     freed; the old one starts again
 *
 * Taking over is one assignment between two messages: from then on work is placed on
 * the new one's workers; what the old one has it answers, then it is freed.
 */
#ifndef POOL_RELOAD_H
#define POOL_RELOAD_H

#include "pool/fit.h"
#include "pool/pool.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

struct recipe;

enum reload_step {
    RELOAD_IDLE,
    RELOAD_EMPTYING,
    RELOAD_LOADING,
};

/* One that was asked for. */
struct reload_wish {
    struct recipe *recipe; /* NULL: none, or its generation has it */
    pool_reload_fn done;   /* NULL: nobody waits */
    void *self;
};

/* Part of the pool; zeroed memory is valid. */
struct reload {
    enum reload_step step;
    struct reload_wish now;
    struct reload_wish next; /* when this one is over */
    struct fit fit;
    uint64_t begun_ns;
    char *why; /* the last one failed; NULL: it did not */
};

/* Does what can be done now. */
void reload_tend(struct pool *pool, uint64_t now_ns);
/* The pool ends: nobody is told any more. */
void reload_clear(struct reload *reload);

#endif
