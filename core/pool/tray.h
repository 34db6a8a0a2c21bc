/* SPDX-License-Identifier: MIT */
/*
 * The tray: the memory that a front and one worker share.
 *
 * One memfd per worker, of its greatest size from the first day (sparse), sealed
 * against shrinking and growing, made once and kept over the deaths of its workers.
 * No memory is made, sent or mapped for a message; what a large mail touched is given
 * back by a hole (tray_punch).
 *
 *     head            slots, breadcrumb, bells' flags        both write
 *     requests        a small room for each slot             the front writes
 *     large request   for the one that is larger             the front writes
 *     replies         a small room for each slot             the worker writes
 *     large reply     for the one that is larger             the worker writes
 *     question        a task for a guest of another class    the worker writes
 *     arena           what it lends to guests (pool/lend.h)  the worker writes
 *     answer          what the guest said (pool/guest.h)     the front writes
 *
 * The worker maps what the front writes read-only, so a plugin that scribbles into
 * the message it was shown ends there and then.  To the front everything in here is
 * hostile: it copies before it looks, keeps its own record of what it asked, and
 * takes nothing on the tray's word but "look at slot i now".
 *
 * A slot's life, in `state`; (f) done by the front, (w) by the worker:
 *
 *     FREE --f--> QUEUED --w--> RUNNING --w--> ANSWERED --f--> FREE
 *                   \---f (withdrawn, by compare and swap)--> FREE
 *
 * Bells are pipes, one each way, because the two ends of a pipe are two open files: of
 * an eventfd the worker could clear O_NONBLOCK, or fill the counter, under the front's
 * feet, and the front would wait for ever.  The front rings when the worker sleeps, the
 * worker when there is an answer that somebody waits for (REQUEST_BULK: when three
 * quarters of its queue or all of it is answered).
 */
#ifndef POOL_TRAY_H
#define POOL_TRAY_H

#include "base/limits.h"
#include "pool/crumb.h"

#include <glib.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TRAY_SLOTS_MAX = 16,
    TRAY_SMALL_REQUEST = 128 << 10,
    TRAY_SMALL_REPLY = 64 << 10,
    TRAY_QUESTION = 4 << 20 /* of the question's room; the rest is the arena */
};

enum tray_slot_state {
    TRAY_FREE = 0,
    TRAY_QUEUED = 1,
    TRAY_RUNNING = 2,
    TRAY_ANSWERED = 3,
};

/* What stands in a slot's request room. */
enum tray_task {
    TRAY_SCAN = 1,  /* pool/request.h -> pool/reply.h */
    TRAY_GUEST = 2, /* pool/errand.h -> pool/guest.h */
    TRAY_SELF_TEST =
        3, /* u32 places to leave out -> a count, then name and text of each
              failure */
};

enum tray_phase {
    TRAY_STARTING = 0,
    TRAY_READY = 1, /* the worker's hello stands in slot 0's reply room */
};

/* In shared memory. */
struct tray_slot {
    _Atomic uint32_t state; /* enum tray_slot_state */
    uint32_t task;          /* enum tray_task */
    uint64_t ticket;        /* worker: in rising order of tickets */
    uint64_t request_n;
    uint64_t reply_n;
    uint32_t is_large_request;
    uint32_t is_large_reply;
    uint32_t is_bulk;
    uint32_t spare;
};

enum tray_ask_state {
    TRAY_ASK_NONE = 0,
    TRAY_ASKED = 1,   /* by the worker, which sleeps */
    TRAY_ANSWERS = 2, /* by the front */
};

/* In shared memory: a home worker's question to a guest. */
struct tray_ask {
    _Atomic uint32_t state; /* enum tray_ask_state */
    uint32_t scanner;       /* place in the whole plan */
    uint64_t question_n;
    uint64_t answer_n;
    uint32_t is_refused; /* the answer is an errand_no (pool/errand.h) */
    uint32_t spare;
};

/* In shared memory, at its beginning. */
struct tray_head {
    _Atomic uint32_t phase;         /* enum tray_phase */
    _Atomic uint32_t worker_sleeps; /* ring, or it will not look */
    _Atomic uint32_t large_reply; /* slot + 1 whose reply lies there; 0: none */
    uint32_t hello_n;             /* bytes of the hello */
    struct tray_slot slots[TRAY_SLOTS_MAX];
    struct tray_ask ask;
    struct crumb crumb;
};

/* Sizes in bytes; the same on both sides. */
struct tray_shape {
    uint32_t slots; /* 1 .. TRAY_SLOTS_MAX */
    uint32_t spare;
    uint64_t large_request;
    uint64_t large_reply;
    uint64_t question; /* 0: no guests */
    uint64_t answer;
};

/*
 * One side's view of a tray.  Owned by a seat, or by a worker.
 */
struct tray {
    struct tray_shape shape;
    struct tray_head *head;
    uint8_t *requests; /* the front's; const for the worker by its mapping */
    uint8_t *large_request;
    uint8_t *replies;
    uint8_t *large_reply;
    uint8_t *question;
    uint8_t *answer;
    uint8_t *map;
    size_t size;
    int fd; /* the front's; -1: the worker's side */
};

/* Room for raw mails of `max_message`, all limits at their bounds; a home worker needs
 * no larger reply than tray_home_reply. */
void tray_shape_for(uint64_t max_message, uint64_t max_bytes, bool has_guests,
                    uint32_t slots, struct tray_shape *out);

/*
 * Room for the replies of a home worker: what reply_pack needs at these limits, where
 * every object has a path and a name of 255 bytes and something is said about it by 16
 * plugins.  With the default limits that is 32 MiB, which is also the least; the most
 * is 96 MiB.  A mail with more to tell (names may have 4096 bytes) is told as not
 * scanned.
 *
 * It is not more because the front copies a reply in one go, and a worker that has
 * been taken over may fill the room each time.  Measured (seat_answer, the hole that it
 * leaves included), the first time and from then on: 1 MiB 1 and 0.7 ms, 32 MiB 39 and
 * 22 ms, 96 MiB 104 and 57 ms.  A guest's answer holds the content of what it has
 * unpacked, so its room has to be larger: 192 MiB, 166 and 115 ms.
 */
uint64_t tray_home_reply(const struct limits *limits);

/* [front] A new one, all free, its often-used pages touched. */
bool tray_open(const struct tray_shape *shape, struct tray *out,
               GError **error);
/* [worker] Maps the front's; `fd` may be closed afterwards. */
bool tray_attach(int fd, const struct tray_shape *shape, struct tray *out,
                 GError **error);
/* [guest worker] Maps another worker's, to read only, all of it. */
bool tray_visit(int fd, const struct tray_shape *shape, struct tray *out,
                GError **error);
void tray_close(struct tray *tray);
/* [front] A descriptor of it by which nobody can ever write: for tray_visit in other
 * processes.  Yours; -1 with errno. */
int tray_fd_to_read(const struct tray *tray);

/* [front] As new, for the next worker: the last one is dead for sure. */
void tray_reset(struct tray *tray);
/* [front] Gives back the pages that only large mails use. */
void tray_punch(struct tray *tray);

/* The room of a slot; `*size` is what fits. */
uint8_t *tray_request(const struct tray *tray, unsigned slot, bool is_large,
                      size_t *size);
uint8_t *tray_reply(const struct tray *tray, unsigned slot, bool is_large,
                    size_t *size);

/* Where a home worker lends to guests; `*size` is 0 where there are none. */
uint8_t *tray_arena(const struct tray *tray, size_t *size);

#endif
