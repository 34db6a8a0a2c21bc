/* SPDX-License-Identifier: MIT */
/*
 * The workers of one class, and the zygote that they come from.
 *
 *     OPENING ─news─► OPEN ─zygote dies─► LOST ─back-off─► OPENING
 *        └──── FAILED (an error in the configuration), GIVEN_UP
 *
 * A zygote or a worker that dies before it was of any use is tried again, later and
 * later.
 *
 * A crew knows processes, not messages: what lay on a seat whose worker died is handed
 * to the pool, which decides what becomes of it.
 */
#ifndef POOL_CREW_H
#define POOL_CREW_H

#include "pool/hello.h"
#include "pool/options.h"
#include "pool/seat.h"
#include "pool/size.h"
#include "pool/zygote.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum crew_state {
    CREW_OPENING,
    CREW_OPEN,
    CREW_LOST,
    CREW_FAILED,
    CREW_GIVEN_UP,
};

/* What a poll event is about; its address is the event's data. */
struct crew_source {
    enum {
        SOURCE_NEWS,
        SOURCE_CHIME,
        SOURCE_LOG,
        SOURCE_OTHER
    } kind;

    struct crew *crew;
    struct seat *seat;
};

/* A seat with what a crew needs beside it. */
struct crew_seat {
    struct seat seat;
    struct crew_source chime;
    struct crew_source log;
    struct prints *prints; /* what its worker prints, line by line */
    bool was_ready;        /* this worker has come up */
};

/* What happens to a crew is told to its pool.  None may be NULL. */
struct crew_events {
    /* A worker is at its seat; `hello` is lent. */
    void (*ready)(void *self, struct crew *crew, struct seat *seat,
                  const struct hello *hello);
    /* Its worker is dead (`status` as of waitpid; -1: with its zygote).  The loads are
     * still on the seat: take them; afterwards it is emptied. */
    void (*died)(void *self, struct crew *crew, struct seat *seat, int status);
};

/* Owned by its generation. */
struct crew {
    char *class_name;
    const char *class_id; /* the same, interned */
    bool is_home;
    enum crew_state state;
    char *why; /* FAILED, LOST: what happened */
    pid_t zygote;
    int fd; /* its socket; -1: none */
    int epoll;
    GArray *dying; /* lent; pid_t of processes that were ended */
    const char *program;
    struct parent *parent; /* lent: starts the zygote; NULL: we do */
    uid_t uid;             /* whom it is to run as, where there is a parent */
    GByteArray *task;      /* packed struct zygote_task: to begin again */
    struct tray_shape shape;
    GPtrArray *cards;    /* struct card */
    GPtrArray *refusals; /* struct refusal */
    GPtrArray *paths;    /* char *: files and folders that its plugins read */
    struct crew_seat *seats;
    struct class_options options;
    uint64_t start_ns; /* so long a worker may take to start its plugins */
    /* guests: whose trays they look into; NULL: not known yet */
    struct crew *home;
    size_t scanner_n; /* in the plan of its workers */
    unsigned seat_n;  /* there may be so many workers */
    unsigned wanted;  /* there should be so many */
    struct size size;
    const struct crew_events *events;
    void *self;
    struct crew_source news;
    uint64_t retry_ns;    /* LOST: when the next try is due */
    uint64_t open_ns;     /* when the zygote was started */
    uint64_t load_ns;     /* what loading took */
    uint64_t load_max_ns; /* longer it may not take */
    unsigned losses;      /* zygotes in a row that did not live */
    unsigned stillborn; /* workers in a row that died before they were ready */
    uint64_t fork_ns;   /* when the next fork may be */
    bool has_new_trays; /* guests look into old ones */
    bool has_told_sandbox;
    bool was_open; /* cards and refusals are there for good */
    uint64_t forks;
    uint64_t deaths;
    GByteArray *buffer;
};

/* How to build one; lent. */
struct crew_how {
    const struct zygote_task *task;
    const char *program;
    struct parent *parent; /* NULL: none */
    bool is_home;
    struct tray_shape shape;
    unsigned seat_n;
    int epoll;
    GArray *dying; /* pid_t: what was ended and cannot be buried yet */
    const struct crew_events *events;
    void *self;
};

/* Starts the zygote; `state` tells how far it is. */
struct crew *crew_new(const struct crew_how *how, GError **error);
/* Ends zygote and workers.  Loads must be gone. */
void crew_free(struct crew *crew);

/* Something happened on one of its descriptors. */
void crew_news(struct crew *crew);
void crew_log(struct crew *crew, struct seat *seat);
/* Forks up to `wanted`, starts a lost zygote again, sees who is ready. */
void crew_tend(struct crew *crew, uint64_t now_ns);
/* Looks whether this seat's worker has come up. */
void crew_greet(struct crew *crew, struct seat *seat, uint64_t now_ns);
/* Ends a worker; `died` follows.  `cause` is what its loads are told. */
void crew_kill(struct crew *crew, struct seat *seat, enum death_cause cause);
/* All of them: what they look into is not there any more. */
void crew_kill_all(struct crew *crew);
/* As many ready workers as there are. */
unsigned crew_ready(const struct crew *crew);
/* No new work for its workers; those that have none are ended. */
void crew_retire(struct crew *crew);
/* Are there no workers, and have the last ones not come up?  Whoever waits for one
 * is better told so. */
bool crew_is_barren(const struct crew *crew);
/* It cannot be opened and is done without: no plugins, no processes. */
void crew_give_up(struct crew *crew);
/* Is there no worker? */
bool crew_is_empty(const struct crew *crew);
/* Ends its zygote until it is woken.  It must be empty, or what its workers have is
 * lost. */
void crew_rest(struct crew *crew);
void crew_wake(struct crew *crew);

/* Buries what has died of `dying`; true: nothing is left. */
bool crew_bury(GArray *dying);

#endif
