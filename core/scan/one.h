/* SPDX-License-Identifier: MIT */
/*
 * One task of a scan, run in another process.
 *
 *     scan's process                       the other one
 *     handle() of a stand-in:
 *       one_pack     what the task sees  ->  one_unpack, one_run
 *       tape_play    what it said       <-   (scan/tape.h)
 *
 * In the packed task is all that a scanner may see beside the message: stage, time,
 * facts that it reads, wishes with their answers, what of the budget is used.  It is
 * read as hostile bytes.
 */
#ifndef SCAN_ONE_H
#define SCAN_ONE_H

#include "base/pack.h"
#include "scan/scan.h"
#include "scan/scanner.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* `one.object`: the task has none. */
#define ONE_NO_OBJECT UINT32_MAX

/*
 * One task as it was packed.  Zeroed memory is valid and empty.  Owned by who unpacked
 * it.
 */
struct one {
    char *scanner; /* its name */
    uint32_t stage;
    uint32_t round;
    int32_t rcpt;
    uint64_t id;
    uint64_t deadline_ns;
    int64_t now_s;
    uint64_t bytes;    /* of the budget, used before */
    uint32_t object;   /* id, or ONE_NO_OBJECT */
    GPtrArray *facts;  /* char *: key, value, key, value */
    GPtrArray *wishes; /* struct wish, those without an answer too */
    GArray *is_asked;  /* bool for each: this very task has asked it */
};

/* [handle] What `task` sees. */
void one_pack(const struct task *task, struct packer *to);
/* False: not well made, and `*out` is empty. */
bool one_unpack(struct unpacker *from, struct one *out);
void one_clear(struct one *one);

/*
 * Asks scanner `index` of `plan` and writes what it said.  `message` is of this task's
 * scan, with the objects that there are at this moment; it is not changed.  False: the
 * task does not fit the message, and nothing was asked.
 */
bool one_run(struct one *one, const struct scan_plan *plan, size_t index,
             struct message *message, struct packer *tape);

#endif
