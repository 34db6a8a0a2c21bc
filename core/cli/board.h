/* SPDX-License-Identifier: MIT */
/*
 * What parent and workers share: who has taken which messages, and where each
 * worker is right now.
 *
 * Messages are dealt in batches.  A worker takes a batch by writing its number into
 * the batch's `taker` with one atomic step, so there is no moment at which a batch
 * is gone from the table but nobody's: whenever a worker dies, the parent knows what
 * it had.  Each worker goes forward only, so its answers come in rising order.
 *
 * The breadcrumb is written before every plugin call: after a death it tells whom to
 * blame and for which message.
 */
#ifndef CLI_BOARD_H
#define CLI_BOARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BOARD_WHERE_SIZE = 256,
    BOARD_BATCH_MAX = 16
};

/* A breadcrumb.  Written by one worker, read by the parent when it is dead or
 * late. */
struct crumb {
    _Atomic uint64_t item; /* index + 1 of the message; 0: between messages */
    _Atomic uint64_t since_ns;    /* when its scan began, CLOCK_MONOTONIC */
    _Atomic uint32_t scanner;     /* index + 1 in the plan; 0: core itself */
    char where[BOARD_WHERE_SIZE]; /* path of the object, NUL-terminated */
};

/* Owned by the parent; the maps are shared with its workers. */
struct board {
    size_t item_n;
    size_t batch_n;           /* messages a batch */
    size_t batches;           /* how many */
    struct crumb *crumbs;     /* one a worker */
    _Atomic uint16_t *takers; /* per batch: worker + 1, 0: nobody */
    size_t crumbs_size;
    size_t takers_size;
};

/* False with errno where there is no memory. */
bool board_open(struct board *board, size_t item_n, size_t workers);
void board_close(struct board *board);

/* The first batch from `from` on that is free (then it is taken) or `worker`'s own
 * already (then one before it died on the way); false: there is none. */
bool board_take(const struct board *board, unsigned worker, size_t from,
                size_t *batch);
/* Has `worker` taken message `item` or a later one? */
bool board_owes(const struct board *board, unsigned worker, size_t item);
size_t board_batch(const struct board *board, size_t item);
/* Messages [first, end) of a batch. */
size_t board_first(const struct board *board, size_t batch);
size_t board_end(const struct board *board, size_t batch);

#endif
