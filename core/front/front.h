/* SPDX-License-Identifier: MIT */
/*
 * The front: from MTAs' sockets to answers, in one loop with the pool.
 *
 *     MTA ─► listen ─► connection ─► milter_session ─► mail ─► pool ─► worker
 *                          ▲                             │
 *                          │        verdict ─► outcome ─►│─► aside: a copy, fsync'd
 *                          └── answer ◄── marks ◄────────┘─► one line of log
 *
 * Nothing here parses content: a message is bytes in, an answer out.  It is answered for
 * only when it is finished; until then the MTA has it, and whatever happens to us, it
 * keeps it.  An MTA that goes away, says nonsense or nothing at all costs its own
 * connection.
 *
 * Files in reading order:
 *     listen.h      where MTAs reach us       options.h     [milter]
 *     connection.h  one of them, its bytes    mail.h        one message, asked to answered
 *     rules.h       what is decided by        aside.h       what takes a disk, in a thread
 *     mail_log.h    the line, an interface    alarm.h       what somebody should look at
 *     milter_session.h                        the protocol, without sockets
 *
 * One thread, but for what aside.h does.  Never waits.
 */
#ifndef FRONT_FRONT_H
#define FRONT_FRONT_H

#include "base/conf.h"
#include "front/alarm.h"
#include "pool/pool.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct front;

/* How to open it.  Lent to the call; pool and alarms as long as the front. */
struct front_how {
    const struct conf *conf;
    struct pool *pool;
    struct alarms *alarms;
    /* Those that listen (listen_open_all, or socket activation): the front's from then
     * on, where it opens. */
    const int *fds;
    size_t fd_n;
};

bool front_open(const struct front_how *how, struct front **out,
                GError **error);
/* Whoever is asked hears nothing more; connections are closed.  Before the pool is
 * freed.  NULL is fine. */
void front_free(struct front *front);

/* Another configuration: of messages whose verdict is not made yet, and of new
 * connections.  Where it listens stays.  False: all is as it was. */
bool front_reload(struct front *front, const struct conf *conf, GError **error);

/* Readable when there is something to serve; never changes. */
int front_fd(const struct front *front);
/* When to serve although nothing is readable, CLOCK_MONOTONIC; UINT64_MAX: no need. */
uint64_t front_next_ns(const struct front *front);
/* Does what there is to do. */
void front_serve(struct front *front, uint64_t now_ns);

/* Takes no new connection and no new message; what has begun is answered. */
void front_drain(struct front *front);
/* Everything that is open is answered `tempfail`, and its connection closed as soon as
 * the MTA has taken that. */
void front_give_up(struct front *front);

/* Messages asked about and not answered; connections. */
size_t front_open_mails(const struct front *front);
size_t front_connections(const struct front *front);
/* Appends one JSON object: connections, messages by action, times. */
void front_status(const struct front *front, GString *json);

#endif
