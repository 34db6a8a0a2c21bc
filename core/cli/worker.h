/* SPDX-License-Identifier: MIT */
/*
 * One worker: takes messages from the board, scans, shows, sends.
 */
#ifndef CLI_WORKER_H
#define CLI_WORKER_H

#include "cli/answer.h"
#include "cli/board.h"
#include "cli/view.h"
#include "host/host.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* What all workers of one run share.  Owned by the command, read-only after the
 * fork. */
struct worker_how {
    const GPtrArray *items; /* struct source_item */
    const struct answer_plan *answers;
    const struct view *view;
    struct host *host;
};

/* Takes what a worker has made ready: whole records.  False: it is not wanted. */
typedef bool (*worker_send_fn)(void *self, const char *p, size_t n);

/* Where a worker begins, and where its records go. */
struct worker_start {
    unsigned number;   /* its crumb on the board */
    size_t due;        /* the first message that may be its to answer */
    size_t death_item; /* the message that earlier workers died on */
    const struct death *deaths; /* how; NULL: none */
    size_t death_n;
    bool is_broken;  /* workers do not live: answer without scanning */
    bool is_careful; /* send every answer at once */
    worker_send_fn send;
    void *self;
};

/* Runs until nothing is left; false: what it made was not wanted. */
bool worker_run(const struct worker_how *how, const struct board *board,
                const struct worker_start *start);

#endif
