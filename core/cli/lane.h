/* SPDX-License-Identifier: MIT */
/*
 * One worker as its parent sees it: process, pipe, what it owes, how it died.
 *
 * A lane outlives its workers: a new one goes on where the dead one stopped.
 */
#ifndef CLI_LANE_H
#define CLI_LANE_H

#include "cli/board.h"
#include "cli/worker.h"

#include <glib.h>

#include <stdbool.h>
#include <sys/types.h>

/* Owned by the run. */
struct lane {
    const struct worker_how *how;
    const struct board *board;
    unsigned number;
    pid_t pid;   /* 0: no worker */
    int fd;      /* its pipe, read end, non-blocking; -1: none */
    GString *in; /* what has come of the next records */
    size_t due;  /* its next record has this index or a higher one */
    size_t death_item;
    GArray *deaths;  /* struct death, all on death_item */
    unsigned barren; /* deaths in a row without a message to blame */
    bool was_late;   /* it did not return in time and was ended */
    bool was_mad;    /* what came out of its pipe was no record */
    bool is_careful; /* the next one sends every answer at once */
};

void lane_init(struct lane *lane, const struct worker_how *how,
               const struct board *board, unsigned number);
void lane_clear(struct lane *lane);

/* Starts a worker that does what the lane owes and then takes batches.  False with
 * errno where there is no process to be had. */
bool lane_spawn(struct lane *lane);

/* Its worker has ended (or lost its mind: it is killed).  True: it owed something,
 * spawn again. */
bool lane_bury(struct lane *lane);

/* Is its worker overdue by now?  Then it is ended; its pipe tells. */
void lane_watch(struct lane *lane, uint64_t now_ns);

/* Answers without scanning all that is left: the last resort. */
bool lane_give_up(struct lane *lane, worker_send_fn send, void *self);

#endif
