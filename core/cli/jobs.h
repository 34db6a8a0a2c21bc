/* SPDX-License-Identifier: MIT */
/*
 * Many messages over several worker processes, answers in the order of the input.
 *
 * Workers are forked after the plugins were opened and share what they loaded.  The
 * parent holds answers that come too early, but only up to a bound: then it listens
 * only to workers that can still deliver the next one, and the others wait in their
 * pipes.
 *
 * A worker that dies costs nothing but its time: the message it was on is given to
 * a new one with the dead scanner left out; one that does not return in time is
 * ended and treated alike.  No message is lost and none is answered twice.
 */
#ifndef CLI_JOBS_H
#define CLI_JOBS_H

#include "cli/record.h"
#include "cli/worker.h"

#include <stdbool.h>

/* Takes answers in order.  False: enough, end everything. */
typedef bool (*jobs_sink_fn)(void *self, const struct record *record,
                             const char *text);
/* Called now and then while nothing comes.  False: enough. */
typedef bool (*jobs_tick_fn)(void *self);

/* Who reads, who is told, how many at once.  Lent to jobs_run; tick may be NULL. */
struct jobs {
    const struct worker_how *how;
    unsigned workers; /* 0: in this very process */
    jobs_sink_fn sink;
    jobs_tick_fn tick;
    void *self;
};

/* False with `error` where no worker can be had.  Ended by the sink is true. */
bool jobs_run(const struct jobs *jobs, GError **error);

#endif
