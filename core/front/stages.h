/* SPDX-License-Identifier: MIT */
/*
 * A session's stages before its message: plugins that want to see them are asked while
 * the client talks on.
 *
 *     stage       asked of the MTA          what is done
 *     CONNECT     only where [milter]       looked at from now on; where the MTA waits it
 *     HELO        refuse_at names it        is told as soon as that is over, else at once
 *     MAIL, RCPT
 *     END         always                    goes on from there, and asks nobody again
 *
 * One look at a time: what the client says meanwhile is looked at next, all at once.
 * Sessions of our own (authenticated, from our networks, from this machine) are never
 * refused here: their mail is answered for as a whole.  Where no plugin wants to see a
 * stage there are none of these.
 */
#ifndef FRONT_STAGES_H
#define FRONT_STAGES_H

#include "front/milter_session.h"
#include "pool/pool.h"
#include "verdict/outcome.h"

#include <stdbool.h>
#include <stdint.h>

struct connection;

/* Of one connection, owned by it. */
struct stages {
    struct connection *connection;
    uint64_t wanted; /* ASSAY_STAGE_BITs that a plugin wants to see */
    /* The way on: after CONNECT and HELO, where each message begins; of now; and before
     * the last recipient. */
    struct pool_journal *client;
    struct pool_journal *last;
    struct pool_journal *before;
    /* What they have come to after CONNECT and HELO, and since; NULL: nothing. */
    struct outcome *client_step;
    struct outcome *last_step;
    struct session *session; /* of the last look */
    struct job *job;         /* the look; NULL: none */
    uint32_t at;             /* its stage, ASSAY_STAGE_* */
    uint32_t next;           /* what to look at then; 0: nothing */
    bool is_waited_for; /* the MTA waits until nothing is left to look at */
};

/* Milter stages that MTAs are to wait at, of those that plugins want to see. */
unsigned stages_asks(uint64_t wanted, unsigned refuse_at);

/* NULL where nobody wants to see any. */
struct stages *stages_new(struct connection *connection, uint64_t wanted);
/* The look ends unheard; NULL is fine. */
void stages_free(struct stages *stages);

/* The session has come to that stage; `is_asked`: the MTA waits, and is answered. */
void stages_reach(struct stages *stages, enum milter_stage stage,
                  bool is_asked);
/* The message is over, or broken off. */
void stages_forget(struct stages *stages);
/* For the message: the way on, lent until the next call; NULL: none. */
struct pool_journal *stages_journal(struct stages *stages);

#endif
