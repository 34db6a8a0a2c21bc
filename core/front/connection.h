/* SPDX-License-Identifier: MIT */
/*
 * One connection from an MTA: socket, timer, and the session that speaks on it.
 *
 *     socket ─► read ─► milter_session ─► mail (asked) … answer ─► output ─► socket
 *
 * While a message is at work not more is read than tells that it is not wanted any more.
 * A connection ends when its session is over and its output is written, when the MTA is
 * gone, or when it has said nothing for [milter] idle_time.
 */
#ifndef FRONT_CONNECTION_H
#define FRONT_CONNECTION_H

#include "front/milter_session.h"
#include "front/source.h"
#include "front/stages.h"
#include "pool/due.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

struct front;
struct mail;

/* Owned by its front. */
struct connection {
    struct source source; /* first; its descriptor is -1 when it is closed */
    struct front *front;
    struct milter_session *milter;
    struct stages *stages; /* NULL: nobody wants to see any */
    struct mail *mail;     /* at work; NULL: none */
    GByteArray *rest;      /* read, and not taken yet; NULL: nothing */
    struct due due;        /* progress, or the end of its patience */
    uint64_t heard_ns;     /* last byte either way */
    uint32_t events;       /* what its descriptor is watched for */
    bool is_tcp;
    bool is_turning; /* its output is written when its turn ends */
};

/* Takes over `fd`.  NULL: it cannot be watched, and is closed. */
struct connection *connection_open(struct front *front, int fd,
                                   uint64_t now_ns);
/* Now, whatever is open.  Its front frees it after the turn. */
void connection_close(struct connection *connection);
void connection_free(struct connection *connection);

/* Says it to the MTA.  False: it cannot be said so. */
bool connection_answer(struct connection *connection,
                       const struct milter_answer *answer, GError **error);
/* Its time has come. */
void connection_expire(struct connection *connection, uint64_t now_ns);
/* Answers `tempfail` where something is asked, and closes it when that is written. */
void connection_give_up(struct connection *connection);
/* Closes it, if it is not in the middle of a message. */
void connection_drain(struct connection *connection);

#endif
