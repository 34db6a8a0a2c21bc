/* SPDX-License-Identifier: MIT */
/*
 * What waits for a worker.
 *
 * Transport goes strictly before on-demand and that before background; within one
 * priority who came first goes first.  Everything but clearing is constant time and
 * allocates nothing: items are embedded in what they stand for.
 *
 * The queue is bounded in items and in bytes, and what came first in rank cannot be
 * crowded out by what came first in time: an item is taken when all that waits,
 * itself included, stays within its priority's part of the bounds:
 *
 *     transport     all of it
 *     on-demand     three quarters
 *     background    one half
 *
 * So a quarter is always transport's alone.  The bound on bytes does not hold for an
 * item that finds nothing waiting: a mail larger than the bound is not put off for
 * ever.  Who is told FULL answers `defer`; nothing is passed on unscanned.
 *
 *     embedded in the pool, one thread (the front's), no clock of its own
 */
#ifndef POOL_QUEUE_H
#define POOL_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As VSAPI had them: a mail server waits, a person waits, nobody waits. */
enum pool_priority {
    POOL_TRANSPORT = 0,
    POOL_ON_DEMAND = 1,
    POOL_BACKGROUND = 2,
    POOL_PRIORITIES
};

enum {
    QUEUE_KEY_SIZE = 32 /* a SHA-256 */
};

/*
 * One that waits, embedded in its owner's structure; zeroed memory is one that does
 * not wait.  The first three are the owner's to set before it is pushed and to leave
 * alone while it waits; the others are the queue's.
 */
struct queue_item {
    enum pool_priority priority;
    uint64_t bytes; /* what it keeps in memory while it waits */
    /* Of content and policy: equal keys mean an equal scan.  All zeros: this one is
     * never found (and transport never is, whatever its key). */
    uint8_t key[QUEUE_KEY_SIZE];

    uint64_t since_ns; /* when it was first pushed; kept when put back */
    uint64_t ticket;   /* place in its priority; kept when put back */
    struct queue_item *before;
    struct queue_item *after;
    struct queue_item *chain; /* next in its slot of the table */
    bool is_waiting;
    bool is_in_table;
};

/* The items of one priority, ascending by ticket.  Private to the queue. */
struct queue_line {
    struct queue_item *first;
    struct queue_item *last;
    struct queue_item *put; /* the last one that was put back; NULL: is gone */
    uint64_t items;
};

/* Read by anybody, changed by the functions below only. */
struct queue {
    struct queue_line lines[POOL_PRIORITIES];
    uint64_t items; /* in all lines */
    uint64_t bytes;
    uint64_t max_items; /* transport's bounds; the others' are parts of them */
    uint64_t max_bytes;
    uint64_t next_ticket;
    struct queue_item **table; /* by key; a slot is a chain */
    uint64_t table_seed;       /* odd; from the kernel, so chains stay short
                                * whatever contents somebody sends */
    unsigned table_bits;
};

enum queue_answer {
    QUEUE_TAKEN = 0,
    QUEUE_FULL_ITEMS,
    QUEUE_FULL_BYTES
};

/* Bounds from 1; `max_items` at most 2^32.  The table is allocated here, once. */
void queue_init(struct queue *queue, uint64_t max_items, uint64_t max_bytes);
/* Items that still wait are forgotten, not freed: they are their owners'. */
void queue_clear(struct queue *queue);
/* Other bounds from now on; what already waits stays. */
void queue_rebound(struct queue *queue, uint64_t max_items, uint64_t max_bytes);

/* At the end of its priority.  What is not TAKEN is untouched. */
enum queue_answer queue_push(struct queue *queue, struct queue_item *item,
                             uint64_t now_ns);
/* One that was popped and goes back, because its worker died or is slow: to its old
 * place by age, before everything that was pushed since.  Never FULL: it was counted
 * before.  Its place is looked for from where the last one was put back: those that come
 * back in about the order in which they went take a few steps each, however many wait. */
void queue_put_back(struct queue *queue, struct queue_item *item);
/* The next to serve, no longer waiting; NULL: nothing waits. */
struct queue_item *queue_pop(struct queue *queue);
/* The next to serve, still waiting, or NULL. */
struct queue_item *queue_first(const struct queue *queue);
/* One that waits no longer, because it was cancelled; nothing when it did not. */
void queue_remove(struct queue *queue, struct queue_item *item);

/*
 * Asked for again at a higher priority: it goes to the end of that line, behind those
 * that asked at that rank before, and keeps since_ns.  Lower or the same: nothing.
 * Counted already, so never FULL.  One that is promoted to transport is not found any
 * more.
 */
void queue_promote(struct queue *queue, struct queue_item *item,
                   enum pool_priority priority);

/* One that waits on-demand or in the background with this key, or NULL.  Of several
 * the last pushed. */
struct queue_item *queue_find(const struct queue *queue,
                              const uint8_t key[QUEUE_KEY_SIZE]);

/* How long the next of one priority has waited; 0: nobody does. */
uint64_t queue_age_ns(const struct queue *queue, enum pool_priority priority,
                      uint64_t now_ns);

/* "transport", "on-demand", "background". */
const char *pool_priority_name(enum pool_priority priority);

#endif
