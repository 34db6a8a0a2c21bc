/* SPDX-License-Identifier: MIT */
/*
 * What the stages of a session have come to: the way on for the next request of it.
 *
 * The scan's own journal came out of a worker, and is as hostile as all that comes from
 * there; what the pool knows beside it is the pool's own: of which generation it is, and
 * which plugins have ended workers over this session.  Those are not asked about it any
 * more, so that who has found a plugin's weak spot at HELO does not end a worker with
 * each command.
 */
#ifndef POOL_STAGE_H
#define POOL_STAGE_H

#include "pool/trial.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

struct job;
struct pool;
struct pool_request;

/* Counted references; one thread; never changes. */
struct pool_journal {
    unsigned refs;
    uint64_t generation; /* its number */
    GBytes *bytes;       /* scan/journal.h; opaque here */
    struct trial trial;  /* who was to blame, where somebody was */
};

/* A new job goes on where the journal of its request ends. */
void stage_begin(struct job *job);
/* The answer to the job is there: the way on from it.  `bytes` NULL: there is none. */
void stage_end(struct job *job, GBytes *bytes);
/* The plugins are others, or one of them is to be asked and not to be believed what it
 * once said: what the request brought along is forgotten. */
void stage_forget(struct job *job);

/* Is it about stages that nobody in the running generation wants to see? */
bool stage_is_unwanted(const struct pool *pool,
                       const struct pool_request *request);
/* Answers such a one. */
void stage_answer_unwanted(struct job *job);

#endif
