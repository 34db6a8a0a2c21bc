/* SPDX-License-Identifier: MIT */
/*
 * What a home worker lends to guests: the message that it is scanning, in memory that
 * the guests map read-only.
 *
 *     raw      the message's raw bytes, where they lie already     (the request)
 *     arena    | log of objects and contents ->  ...  <- contents |
 *
 * The log tells every object once, when a guest is first asked after it appeared, and
 * again where it has got children or, found in an archive, its header.  Where a scan
 * begins anew with the message parsed again, the log says so and tells it once more: it
 * only grows, because guests have read different parts of it.  Contents are
 * copied into the arena at most once a message, and only those that a guest wants;
 * what lies in the raw bytes is not copied at all.  So nothing is decoded or unpacked
 * twice, and what is lent costs the same however many guests look at it.
 *
 * A guest copies what it reads before it looks (pool/guest.h): the home worker may be
 * taken over while it does.
 *
 *     log entry   u8 LEND_SESSION   bytes: request_pack_session
 *                 u8 LEND_OBJECT    u32 id, hollow_pack_object, fields
 *                 u8 LEND_CONTENT   u32 id, u8 where, u64 offset, u64 size
 *                 u8 LEND_ANEW      nothing that was told so far is true any more
 *     fields      bool are there; count of {bytes name, bytes value}
 */
#ifndef POOL_LEND_H
#define POOL_LEND_H

#include "mail/message.h"
#include "scan/scan.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum lend_entry {
    LEND_SESSION = 1,
    LEND_OBJECT = 2,
    LEND_CONTENT = 3,
    LEND_ANEW = 4,
};

enum {
    LEND_LOG_MAX = 64 << 20 /* bytes: a guest copies all of it */
};

enum lend_place {
    LEND_RAW = 0,
    LEND_ARENA = 1,
};

/*
 * The home worker's side.  Owned by it, used by one thread; zeroed memory is valid and
 * has no room.
 */
struct lend {
    uint8_t *arena; /* lent; shared memory that this process may write */
    size_t size;
    const uint8_t *raw; /* of this message; lent */
    size_t raw_n;
    const struct message *message; /* NULL: none since lend_begin */
    uint32_t anew;                 /* of the message, as it is told */
    size_t log_n;                  /* bytes of the log so far */
    size_t contents;               /* they begin here and end with the arena */
    GArray *objects;               /* what was told of each, private */
};

void lend_init(struct lend *lend, void *arena, size_t size);
void lend_clear(struct lend *lend);

/* A new message: nothing of it is lent yet.  raw[0..n) are its bytes where guests see
 * them too; NULL: they do not. */
void lend_begin(struct lend *lend, const void *raw, size_t n);

/* Tells all objects that `scan` has now.  False: there is no room. */
bool lend_objects(struct lend *lend, const struct scan *scan);
/* Lends the content of one of them.  False: there is no room. */
bool lend_content(struct lend *lend, const struct object *object);

#endif
