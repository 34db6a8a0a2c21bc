/* SPDX-License-Identifier: MIT */
/*
 * A job: one message on its way through the pool, from submission to answer.
 *
 *     WAITING ──► PLACED ──► (answered)
 *        ▲          │ └────► ASKING ── answers come ──► WAITING
 *        └──────────┘ its worker died, or is slow
 *
 * The front keeps everything that is needed to begin again: no worker holds anything
 * that could be lost.
 */
#ifndef POOL_JOB_H
#define POOL_JOB_H

#include "pool/due.h"
#include "pool/pool.h"
#include "pool/trial.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

enum job_state {
    JOB_WAITING, /* in the queue */
    JOB_PLACED,  /* in a slot of a seat's tray */
    JOB_ASKING,  /* waits for answers, holds no worker */
    JOB_JOINED,  /* waits for the answer of an equal one */
    JOB_OVER,    /* is being answered */
};

/* Owned by its pool. */
struct job {
    struct queue_item item; /* first: what queue_pop gives is the job */
    enum job_state state;
    struct pool *pool;
    struct pool_request request;
    uint8_t key[QUEUE_KEY_SIZE];
    bool has_key;
    pool_done_fn done;
    void *self;
    struct trial trial;
    GBytes *journal; /* of earlier stages or rounds, opaque; NULL: none */
    struct pool_journal *stage; /* the way on from its answer; NULL: none */
    GPtrArray *wishes;          /* ASKING: struct wish, what it waits for */
    GByteArray *answers;  /* to the wishes of the last round; NULL: none */
    struct due answering; /* ASKING: when the answers are there */
    uint64_t begin_ns;    /* submitted */
    uint64_t placed_ns;   /* first placed; 0: not yet */
    uint64_t deadline_ns; /* when it has to be answered; 0: no such time */
    struct due deadline;  /* the same: when it is looked at for that */
    struct generation *generation; /* a canary's: only this one may have it */
    struct crew *crew;             /* PLACED */
    struct seat *seat;             /* PLACED */
    GArray *left_out;   /* PLACED: uint32_t, places in the plan; NULL: none */
    const char *trying; /* plugin of which this is the trial; NULL: of none */
    GArray *out; /* const char *, names of plugins that are out; NULL: none */
    unsigned rounds;      /* answers that it has waited for */
    bool may_wait;        /* PLACED: its worker may answer SUSPENDED */
    bool is_waited_out;   /* none may any more */
    bool is_unread;       /* its answer is about no scan */
    struct job *leader;   /* JOINED */
    GPtrArray *followers; /* struct job, JOINED to this one; NULL: none */
    uint64_t journal_of;  /* number of the generation that `journal` is of */
    uint64_t number;      /* unique in this pool, for logs; 0: a canary */
};

struct generation;

struct job *job_new(const struct pool_request *request, pool_done_fn done,
                    void *self, uint64_t now_ns);
void job_free(struct job *job);

/* Is it the queue's item of this job? */
static inline struct job *job_of(struct queue_item *item)
{
    return (struct job *)(void *)item;
}

/* It begins anew: without answers, and with no journal but that of its request. */
void job_forget_way(struct job *job);

/* Nobody waits: it may be answered together with others. */
bool job_is_bulk(const struct job *job);

#endif
