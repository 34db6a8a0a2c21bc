/* SPDX-License-Identifier: MIT */
/*
 * What a scanner said in one run, as bytes that can be said again.
 *
 * A tape is played through the same doors that a scanner uses (task_report,
 * task_fact_set, writer_write ...): what a scanner may not say no tape can say for it,
 * and a hostile one is as harmless as a hostile plugin.  Whoever records hands in the
 * answer of handle(); whoever plays gets it back and answers it in turn, so that what
 * holds for a run (scanner.h) holds for a played one.
 *
 * Two uses: a worker runs one task for another worker's scan (children with their
 * content), and a scan that waits for answers is taken up by another worker
 * (scan/journal.h; of children only their number).
 *
 * Format (base/pack.h): i32 the answer of handle(), u32 which of these parts follow,
 * in this order.
 *     wishes    count of {u32 kind, u32 type, text key, bool was open}
 *     children  u64 bytes written in all, u32 count; with content for each {u32 kind,
 *               u64 flags, u64 packed size, u64 told size, i64 mtime, text type, text
 *               method, bool has more names, count of {text, bytes raw} names, bytes
 *               content}
 *     findings  count of {u32 status kind reason confidence log odds advice rcpt
 *               delay code, u32 object, texts name, text, reply}
 *     answers   count of {u32 status, i32 rcpt, u32 object}
 *     facts     count of {text key, text value}
 *     counts    count of {text name, text key, i64 n}
 *     edits     count of {u32 kind, u32 index, u64 offset, u64 length, text name,
 *               bytes value}
 *     seen      count of 32 bytes
 *     broken    text name of the failure ("": a broken rule), text: which rule, or why
 *     bounds    u32 reached, u64 findings dropped
 * A part that has nothing to say is not there: an empty tape is 8 bytes.  An object
 * is 0 none, 1 the task's, 2 + 2 * i the run's own child i, 3 + 2 * id any other.
 */
#ifndef SCAN_TAPE_H
#define SCAN_TAPE_H

#include "base/pack.h"
#include "scan/scanner.h"

#include <stdbool.h>
#include <stdint.h>

enum tape_children {
    TAPE_COUNT,  /* how many children there were */
    TAPE_CONTENT /* everything about them */
};

/*
 * Records what this run of `task` said so far, and `rc` as handle() is about to
 * answer, or has answered.  Changes nothing.  Of a run that waits only its wishes
 * count, and no more is recorded.
 */
void tape_record(const struct task *task, int32_t rc,
                 enum tape_children children, struct packer *to);

/*
 * Says all of it again, children with their content, in the name of `task`'s scanner,
 * and returns what handle() must answer.  Bounds are those of the message that `task`
 * belongs to: where one of them cuts the children short, what was said about those
 * that are missing is said about the task's object.
 *
 * A tape that is not well made breaks a rule (task_blame) and answers INTERNAL; then
 * from->is_bad is set.
 */
int32_t tape_play(struct task *task, struct unpacker *from);

/*
 * A tape in two halves, for whoever makes the children in another way in between.
 * Zero children: there is nothing to make.
 */
struct tape {
    struct unpacker *from; /* lent */
    int32_t rc;
    uint32_t parts;    /* private */
    uint32_t children; /* how many the run made */
    uint64_t unpacked; /* bytes that it wrote, dropped ones too */
};

/* Asks its wishes and reads as far as the number of its children. */
void tape_begin(struct task *task, struct unpacker *from, struct tape *out);
/* Says the rest. */
void tape_end(struct task *task, struct tape *tape);

#endif
