/* SPDX-License-Identifier: MIT */
/*
 * Carrying questions from home workers to guests, and answers back.
 *
 * A home worker that runs a scan stops at a plugin of another class and asks; the front
 * carries the question to a worker of that class, and the answer home. A guest that
 * dies or hangs of it costs the message one finding `failed` and the home worker
 * nothing; its plugin is not asked about that message any more.  A message of which a
 * second plugin dies is held aside at once (trial.h), and the home worker ended.
 *
 *     home seat            carry             guest seat
 *     ask.state ASKED ──► WAITING ──► PLACED (TRAY_GUEST) ──► answer ──► home, over
 *                            ▲───────── killed from outside, or refused
 */
#ifndef POOL_CARRY_H
#define POOL_CARRY_H

#include "pool/breaker.h"
#include "pool/crew.h"
#include "pool/trial.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

struct generation;

/* One question.  Owned by its generation until it is over. */
struct carry {
    struct seat *home;  /* who asks; NULL: nobody waits for it any more */
    struct crew *crew;  /* the guests' */
    struct seat *guest; /* PLACED: who has it; NULL: it waits */
    const char *plugin;
    enum breaker_use use;
    GByteArray *bytes; /* packed errand */
    unsigned outside;  /* guests that were killed from outside over it */
    unsigned refused;  /* guests that would not answer it */
    uint64_t begin_ns;
    uint64_t served_ns; /* when its class last had a worker */
};

/* Has this home worker asked something?  Takes it up. */
void carry_look(struct generation *generation, struct seat *home);
/* Hands out what waits for guests of a class. */
void carry_serve(struct generation *generation, struct crew *crew);
/* The guest has answered; `answer` is empty where it said nonsense. */
void carry_answered(struct generation *generation, struct carry *carry,
                    const GByteArray *answer);
/* Its guest died. */
void carry_died(struct generation *generation, struct carry *carry,
                const struct death *death);
/* The home worker is gone, or its message is. */
void carry_forget(struct generation *generation, struct seat *home);
/* Answers whoever waits too long for a class without workers. */
void carry_expire(struct generation *generation, uint64_t now_ns);
/* The generation ends. */
void carry_free(void *p);

#endif
