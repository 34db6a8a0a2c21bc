/* SPDX-License-Identifier: MIT */
/*
 * A scanner: anything that can be asked about a message, and what it may do while
 * it is asked.
 *
 * The scan knows scanners and never hears of plugins: core/host makes one of each
 * plugin instance, tests make fakes.  Return codes, stages, statuses and kinds are
 * the ABI's numbers, so that the bridge is thin.
 */
#ifndef SCAN_SCANNER_H
#define SCAN_SCANNER_H

#include "mail/object.h"
#include "scan/finding.h"
#include "scan/resolver.h"

#include <assay/plugin.h>

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scan;
struct task;
struct writer;

/*
 * One scanner.  Owned by its maker, read-only for the scan, outlives it.
 */
struct scanner {
    const char *name;     /* unique, interned: findings carry it */
    void *self;           /* first argument of handle */
    uint64_t stages;      /* ASSAY_STAGE_BIT(...) */
    uint64_t flags;       /* ASSAY_FLAG_* */
    uint32_t wants_flags; /* ASSAY_WANTS_* */
    uint64_t min_size;
    uint64_t max_size;           /* 0: no limit; a larger object is `partial` */
    const char *const *types;    /* lower case, a final '*' matches the rest;
                                    NULL: all */
    const char *const *reads;    /* NULL: none; a final ".*" matches the rest */
    const char *const *provides; /* NULL: none */
    /* ASSAY_RC_*.  PENDING: see scan_run. */
    int32_t (*handle)(void *self, struct task *task);
};

/*
 * One question to one scanner, while handle() runs.  Owned by the scan.
 */
struct task {
    struct scan *scan;
    const struct scanner *scanner;
    size_t index; /* of the scanner in the plan */
    uint32_t stage;
    uint32_t round; /* 0 the first time, one more after each PENDING */
    int32_t rcpt;   /* index in stage RCPT, else FINDING_ALL_RCPTS */
    uint64_t id;
    uint64_t deadline_ns;  /* 0: none */
    struct object *object; /* as struct assay_task.object */
    struct draft *draft;   /* private to core/scan: what this run said so far */
};

/*
 * What a scanner may do during handle().  Nothing takes effect before the run is
 * over, and then it depends on what handle() answered:
 *
 *   OK              all of it counts
 *   PENDING         nothing does, and the budget is given back exactly
 *   NOT_APPLICABLE  there must be nothing: else `failed`
 *   an error        `failed`; of the rest only committed children count, because what
 *                   has been unpacked is better looked at than not
 *
 * LIMIT after this run was told of a bound counts as OK; CANCELLED or TIMEOUT after
 * the deadline as OK and `partial` (time) in the scanner's name.
 */

/* Takes ownership of `finding` in every case; what it leaves out is completed (name
 * by kind or reason, confidence 100).  STATE for an object that is not the task's,
 * nor below it (any object in stage MESSAGE); INVAL for what does not fit together.
 * Both count as broken rules, see task_blame. */
int32_t task_report(struct task *task, struct finding *finding);
/* This scanner is not asked about objects below the task's that hold it. */
int32_t task_seen(struct task *task, const uint8_t digest[DIGEST_SIZE]);
/* The scanner broke a rule (one sentence without a subject: "reported twice").
 * The run goes on; when it is over the first one is told as `failed`. */
void task_blame(struct task *task, const char *rule);
/* The scanner could not be asked at all: it is told as `failed` with this name
 * ("crashed") and these words, and nothing of what it said counts. */
void task_fail(struct task *task, const char *name, const char *text);
int32_t task_fact_set(struct task *task, const char *key, const char *value,
                      size_t n);
/* Lent until the fact is set again; NOTFOUND also for a fact not in `reads`. */
int32_t task_fact_get(struct task *task, const char *key, const char **value);
/* OK with an answered wish (lent by the scan), or PENDING. */
int32_t task_want(struct task *task, uint32_t kind, uint32_t type,
                  const char *key, const struct wish **out);
int32_t task_count(struct task *task, const char *name, const char *key,
                   size_t key_n, int64_t n);
int32_t task_edit(struct task *task, const struct assay_edit *edit);
uint64_t task_remaining_ns(const struct task *task);
bool task_is_cancelled(const struct task *task);
/* Object `id` of the message, or NULL.  Before stage OBJECT there is only the
 * message itself. */
struct object *task_object(const struct task *task, uint64_t id);
/* Is `object` one of this message's?  The pointer is only compared. */
bool task_owns(const struct task *task, const void *object);

/*
 * Children.  One writer at a time, only in stage OBJECT and with
 * ASSAY_FLAG_CHILDREN; the message's bounds are counted at write.
 *
 * LIMIT from writer_begin: no more children of this object.  LIMIT from
 * writer_write: this child ends here; whether another one may begin is told by the
 * next writer_begin (after `object_bytes` it may).  A child that a bound has cut is
 * kept with the flag TRUNCATED, at most its first 4 MiB, whether it is committed or
 * aborted: a look at the head of a bomb is cheap.
 *
 * Until the task has finished a child is in no tree: its path is NULL, its id and
 * depth are those that it will have.
 */
int32_t writer_begin(struct task *task, const struct assay_child *child,
                     struct writer **out);
int32_t writer_write(struct writer *writer, const void *p, size_t n);
int32_t writer_name(struct writer *writer, const char *raw, size_t n,
                    const char *charset);
int32_t writer_flags(struct writer *writer, uint64_t flags);
/* OK: `*out` (may be NULL) is the child. */
int32_t writer_commit(struct writer *writer, struct object **out);
void writer_abort(struct writer *writer);
/* The bytes offset..offset+length of the task's object, not copied but charged.
 * LIMIT: cut as above, and `*out` is the child. */
int32_t writer_range(struct task *task, const struct assay_child *child,
                     uint64_t offset, uint64_t length, struct object **out);
/* Is it the open writer of the scan's running task?  Pointer only compared. */
bool writer_is_open(const struct task *task, const void *writer);

#endif
