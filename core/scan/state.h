/* SPDX-License-Identifier: MIT */
/*
 * Private to core/scan: what a running scan keeps beside its result.
 *
 *   run.c     one scan from beginning to end
 *   scan.c    the loop: which scanner is asked about what, and in which order
 *   draft.c   what one run of a task said, until it counts or is dropped
 *   task.c    what a scanner may do while it is asked: report; fact.c, edit.c: what
 *             else it may say; want.c: its questions; writer.c: children
 *   match.c   which objects a scanner is asked about; order.c: after whom
 *   budget.c  the bounds of the message; blame.c: who did not do its part
 *   ledger.c  findings: each once, at most so many, the worst ones kept
 *   tape_record.c, tape_play.c  what one run said, as bytes
 *   replay.c  what was asked, written down and taken up again; suspend.c: the end of
 *             a scan that waits, or whose last stage is over; journal.c: all of it as
 *             bytes
 *   told.c    a result that was made elsewhere
 */
#ifndef SCAN_STATE_H
#define SCAN_STATE_H

#include "scan/budget.h"
#include "scan/ledger.h"
#include "scan/replay.h"
#include "scan/scan.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/*
 * The child that is being written; there is at most one.  Closed while `task` is
 * NULL.  The buffer is kept for the next child.
 */
struct writer {
    struct task *task;
    struct object *child; /* without content; owned until the draft's */
    uint8_t *buffer;
    size_t size;
    size_t capacity;
    bool is_cut; /* a bound was crossed: what is here becomes the child */
};

/*
 * What one run of one task has said so far.  Nothing of it counts before the run
 * is over (draft_finish).  All arrays are made when first needed.
 */
struct draft {
    struct ledger ledger;
    GArray *answers;       /* struct scan_answer */
    GPtrArray *children;   /* struct object, in order of commit */
    GPtrArray *facts;      /* struct fact */
    GPtrArray *counts;     /* struct scan_count */
    GPtrArray *edits;      /* struct scan_edit */
    GByteArray *seen;      /* digests, one behind the other */
    GPtrArray *asked;      /* struct wish, lent: all rounds together */
    unsigned asked_before; /* how many of them before this run */
    char *broken;          /* the first rule that was broken, or NULL */
    char *failure;     /* name of a finding `failed` that is none of a rule */
    uint64_t unpacked; /* bytes written in this run */
    uint64_t bytes_before; /* scan->bytes before this run */
    unsigned reached;      /* bounds reached in this run: bit per enum bound */
    bool waits;            /* a want() of this run answered PENDING */
    bool has_answered;     /* a status for the task's own object */
};

/* A fact before it counts. */
struct fact {
    char *key;
    char *value;
};

/* What only the running scan knows.  Owned by it, gone when it ends. */
struct scan_state {
    struct ledger ledger; /* its array is scan->findings */
    unsigned bounds_told; /* bit per enum bound: has its finding */
    /* struct task with a draft of its own: answered PENDING, or (draft NULL) behind
     * one that did; in order. */
    GArray *waiting;     /* NULL: it does not run here */
    struct draft *draft; /* spare, for the next task */
    struct writer writer;
    GHashTable *wishes; /* struct wish as a set: all of this scan; NULL: none */
    GPtrArray *asked;   /* the same in order, lent */
    GPtrArray *open;    /* those of them without an answer, lent */
    struct wish *blocked; /* lent to who may ask no more */
    GHashTable **seen;    /* one a scanner, NULL: it has seen nothing; NULL:
                                   it does not run here */
    const struct object *owned; /* last one that task_owns found */
    size_t notes_told;          /* notes of the message made findings so far */
    uint64_t now_ns;            /* clock after the last handle() */
    uint64_t begun_ns;          /* clock when this round of the scan began */
    uint32_t until;             /* the last stage; 0: all of them */
    struct replay replay;
};

/* A broken rule, see task_blame. */
#define REPLAY_DIFFERS                                                         \
    "unpacked an object twice, and its children differ between runs"

/* --- scan.c --- */
/* A result without anything in it yet, that scan_free takes. */
struct scan *scan_new(const struct scan_plan *plan, struct message *message,
                      int64_t now_s);

/* --- scan.c --- */
/* Asks everybody about everything, until that is done or the scan has to end. */
void scan_stages(struct scan *scan);
/* Notes become findings of "core"; a scan may add to them. */
void scan_tell_notes(struct scan *scan);

/* --- draft.c --- */
/* Ready for one run of `task`. */
void draft_begin(struct task *task);
/* The run answered `rc`.  False: it waits and keeps its draft; else what counts
 * has been moved into the scan and the draft is gone. */
bool draft_finish(struct task *task, int32_t rc);
void draft_free(struct draft *draft);
/* Forgets all that this run said but its children. */
void draft_keep_children(struct draft *draft);
/* How many children this run has committed. */
unsigned draft_children(const struct task *task);
/* Arrays that own their struct scan_count (fact.c), struct scan_edit (edit.c). */
GPtrArray *draft_counts_new(void);
GPtrArray *draft_edits_new(void);

/* --- blame.c: findings in the name of the task's scanner --- */
/* `failed`: the rule that it broke, or what it answered. */
void blame_failed(struct task *task, int32_t rc);
/* `partial`: it stopped at the deadline; the object is too large for it. */
void blame_late(struct task *task);
void blame_too_large(struct task *task);

/* --- fact.c, edit.c: what a scanner may say --- */
bool fact_is_key(const char *key);
bool fact_is_value(const char *value, size_t n);
bool count_is_key(const char *key, size_t n);
bool edit_is_well_made(const struct scan *scan, const struct assay_edit *edit);
/* Copies, owned by the arrays above. */
struct scan_count *count_new(const char *name, const char *key, size_t key_n,
                             int64_t n);
struct scan_edit *edit_new(const struct scanner *scanner,
                           const struct assay_edit *edit);

/* --- order.c --- */
/* Is fact `key` named by `pattern`, which may end in ".*"? */
bool fact_matches(const char *pattern, const char *key);
bool fact_is_listed(const char *const *patterns, const char *key);
/* The fact that `reader` gets from `provider`, or NULL. */
const char *scan_reads_from(const struct scanner *reader,
                            const struct scanner *provider);

/* --- match.c --- */
enum match {
    MATCH_NO,
    MATCH_YES,
    MATCH_TOO_LARGE,
};
/* `is_container`: as it was before the first scanner was asked, so that an unpacker
 * which runs earlier does not change what the others are shown. */
enum match match_object(const struct scanner *scanner,
                        const struct object *object, bool is_container);
/* Has the scanner said that it has seen this content inside an ancestor? */
bool match_seen(const struct scan *scan, size_t scanner, struct object *object);
void match_seen_add(struct scan *scan, size_t scanner,
                    const struct object *above, const GByteArray *digests);

/* --- want.c --- */
/* Gets every wish that has no answer one; false: the scan ends here, suspended or
 * because its journal is refused. */
bool want_resolve(struct scan *scan);
/* Adds one that was asked elsewhere, with its answer if it has one.  True: it is the
 * scan's now; false: there is one like it. */
bool want_add(struct scan *scan, struct wish *wish);
void want_clear(struct scan_state *state);

/* --- writer.c --- */
/* Closes an open writer and drops its child. */
void writer_drop(struct scan *scan);
void writer_clear(struct writer *writer);

#endif
