/* SPDX-License-Identifier: MIT */
/*
 * What a worker answers to a request, as bytes and back.
 *
 *     DONE       the scan is over: its message, hollow, and its result
 *     STAGE      the stages that were asked for are over: the same, and the journal from
 *                which the next request of the session goes on, where there is one
 *     SUSPENDED  it waits for answers: its journal and its wishes, with which any
 *                worker can go on (scan/journal.h)
 *     REFUSED    the worker could not do what was asked, and why
 *
 * Packed by the worker, unpacked by the front, which believes nothing: the worker may
 * have been taken over by what it scanned.  The front copies a reply out of the tray
 * before it is unpacked, so that it cannot change while it is being looked at.  A
 * reply that is refused leaves nothing behind but the reason.
 */
#ifndef POOL_REPLY_H
#define POOL_REPLY_H

#include "base/pack.h"
#include "pool/hollow.h"
#include "scan/scan.h"

#include <glib.h>

#include <stdbool.h>

enum reply_kind {
    REPLY_NONE,
    REPLY_DONE,
    REPLY_SUSPENDED,
    REPLY_REFUSED,
    REPLY_STAGE,
};

enum {
    REPLY_STAGE_JOURNAL_MAX = 256 << 10, /* bytes: fronts keep these */
    REPLY_JOURNAL_MAX = 64 << 20,        /* bytes */
    REPLY_WISHES_MAX = 16 << 20,
    REPLY_WHY_MAX = 1024
};

/*
 * One reply.  Owned by the front; zeroed memory is valid and empty.  `message` and
 * `scan` may be taken out; both lend from the context.
 */
struct reply {
    enum reply_kind kind;
    struct message *message; /* DONE, STAGE */
    struct scan *scan;       /* DONE, STAGE */
    GBytes *journal;         /* SUSPENDED, STAGE (NULL: none); opaque here */
    GBytes *wishes;          /* SUSPENDED; scan/wishes.h, opaque here */
    char *why;               /* REFUSED: one clean line */
};

/* DONE.  `with_digests`: of all objects, otherwise only of those whose digest
 * somebody has asked for. */
void reply_pack(const struct scan *scan, bool with_digests, struct packer *to);
/* STAGE.  A journal that is too large is left out. */
void reply_pack_stage(const struct scan *scan, bool with_digests,
                      struct packer *to);
void reply_pack_suspended(GBytes *journal, GBytes *wishes, struct packer *to);
void reply_pack_refused(const char *why, struct packer *to);

/* Reads all that is left of `from`.  False with what is wrong; `*out` is then
 * untouched. */
bool reply_unpack(struct unpacker *from, const struct reply_context *context,
                  struct reply *out, GError **error);
void reply_clear(struct reply *reply);

#endif
