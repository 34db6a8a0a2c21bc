/* SPDX-License-Identifier: MIT */
/*
 * How many workers a class should have.
 *
 *     more   when work has waited for 5 ms while all workers were at work: as many more
 *            as there is waiting work, but not more than as many again
 *     fewer  one, when for 30 s at least one was never at work
 *
 * Growing costs some milliseconds of a fork, so it may be tried; a worker that was
 * ended too early is missed by the next message.  No clock and no process: who calls
 * says what time it is and what there is to do.
 */
#ifndef POOL_SIZE_H
#define POOL_SIZE_H

#include <stdint.h>

/* What one class is like now.  Plain value. */
struct size_load {
    unsigned min; /* workers, from 1 */
    unsigned max; /* at least min */
    unsigned ready;
    unsigned busy;    /* of the ready ones: have work */
    unsigned waiting; /* pieces of work that no worker has begun */
};

/* The memory of one class; zeroed memory is valid.  Owned by its crew. */
struct size {
    /* since when there have been too few; 0: there are not */
    uint64_t short_ns;
    /* since when there may have been too many; 0: not known */
    uint64_t spare_ns;
    /* that were busy at once since spare_ns */
    unsigned most;
};

/* How many it should have, min to max; it has been told to have `wanted`. */
unsigned size_want(struct size *size, const struct size_load *load,
                   unsigned wanted, uint64_t now_ns);

#endif
