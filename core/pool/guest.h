/* SPDX-License-Identifier: MIT */
/*
 * A guest: the worker of a class other than "main", which runs single tasks of scans
 * that home workers run (pool/remote.h).
 *
 * It sees the message as the home worker lent it (pool/lend.h) and rebuilds it as an
 * ordinary struct message, so that the plugin behind the same bridge notices no
 * difference.  The home worker may have been taken over: all that it wrote is copied
 * into this process before it is looked at, every offset is checked against the
 * mapping, and contents are copied once, when a plugin first wants them, so that no
 * plugin ever sees bytes change under its eyes.  What is known of a message is kept
 * for its next task.
 *
 *     question   u64 bytes of the log, one_pack (scan/one.h)
 *     answer     u8 GUEST_TAPE    a tape (scan/tape.h)
 *                u8 GUEST_NEEDS   the plugin wanted a content that is not lent yet:
 *                                 nothing it said counts, ask again with all lent
 *                u8 GUEST_REFUSED text: why it was not asked
 */
#ifndef POOL_GUEST_H
#define POOL_GUEST_H

#include "base/limits.h"
#include "scan/scan.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum guest_answer {
    GUEST_TAPE = 1,
    GUEST_NEEDS = 2,
    GUEST_REFUSED = 3,
};

enum {
    GUEST_WHY_MAX = 512 /* bytes of a refusal */
};

/*
 * Where the home worker's memory is mapped in this process, read-only; it may change
 * at any time.  Which message it is comes from the front, not from there.
 */
struct guest_view {
    uint64_t message;   /* the same number is the same message */
    const uint8_t *raw; /* NULL: not mapped */
    size_t raw_n;
    const uint8_t *arena;
    size_t arena_n;
    size_t answer_max; /* bytes that the answer may take */
};

struct guest;

/* `plan` (the scanners of this class) is lent and outlives it. */
struct guest *guest_new(const struct scan_plan *plan);
void guest_free(struct guest *guest);

/*
 * Runs the task in question[0..n), which is private memory, and appends the answer to
 * `to`: there is one in every case.
 */
void guest_run(struct guest *guest, const struct guest_view *view,
               const void *question, size_t n, GByteArray *to);

#endif
