/* SPDX-License-Identifier: MIT */
/*
 * Many messages through the pool, answers in the order of the input.
 *
 * What core/cli/jobs.h does with workers of its own, by contained ones: this process
 * loads no plugin and parses no mail.
 */
#ifndef CLI_ISOLATE_H
#define CLI_ISOLATE_H

#include "cli/answer.h"
#include "cli/jobs.h"
#include "cli/view.h"
#include "daemon/control.h"
#include "pool/pool.h"

#include <glib.h>

#include <stdbool.h>

/* What to scan and whom to tell.  Lent to isolate_run; tick may be NULL. */
struct isolate {
    struct pool *pool;
    const GPtrArray *items;            /* struct source_item */
    const struct answer_plan *answers; /* its scan plan is the pool's */
    const struct view *view;
    const struct control *control; /* lent */
    jobs_sink_fn sink;
    jobs_tick_fn tick;
    void *self;
};

/* Until all is answered, or the sink or the tick has had enough. */
void isolate_run(const struct isolate *how);

#endif
