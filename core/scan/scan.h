/* SPDX-License-Identifier: MIT */
/*
 * One scan: scanners x stages x objects, until nothing is left to ask.
 *
 * A scan is a function of (message, session, answers, scanners, time): it can be
 * replayed and explained.  Its order:
 *
 *   connect, helo, mail, rcpt (each)     only where the session knows them
 *   headers   once, about the message
 *   object    a queue: the message's objects in order; children that a scanner
 *             commits are appended; for each object all scanners that want it, in
 *             the order of facts (`reads` after `provides`)
 *   message   once, when the queue is empty
 *
 * The stages of the session may be run before there is a message, each as soon as what
 * it is about is known (scan_input.until): at CONNECT, at HELO, at MAIL, and for every
 * recipient as it comes.  Each such scan ends with a journal, from which the next one
 * goes on, and the last of them is the scan of the message.  Nobody is asked twice, and
 * what comes of it in the end is what the scan at once would have come to, but for the
 * order in which things were said, and times.  (Facts that a scanner sets anew for each
 * recipient are those of the last one that it had done with.)
 *
 * A task that answers PENDING is put aside; when a stage has nothing else to do all
 * its wishes are resolved at once and those tasks run again, or the scan ends there
 * and is taken up when the answers have come (scan/journal.h).  What a PENDING run
 * said, its children included, is dropped; a task that has finished never runs
 * again.  One budget (limits) covers the message; a bound reached is a finding of
 * kind `partial` by "core" that names it, once.
 *
 * "Could not look" is never silent: a scanner that errors, breaks a rule, or with
 * ANSWERS_ALL says nothing, gets a finding of kind `failed` in its name.
 */
#ifndef SCAN_SCAN_H
#define SCAN_SCAN_H

#include "base/limits.h"
#include "mail/message.h"
#include "scan/finding.h"
#include "scan/journal.h"
#include "scan/resolver.h"
#include "scan/scanner.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What all scans of one configuration share.  Owned by the caller, read-only.
 */
struct scan_plan {
    const struct scanner *const *scanners; /* in order of facts: scan_order */
    size_t scanner_n;
    struct limits limits;
    const struct resolver *resolver; /* NULL: nobody is asked, every
                                        wish is BLOCKED */
};

/* What one scanner did in one scan. */
struct scan_use {
    const char *scanner;
    uint64_t calls;
    uint64_t ns;
};

/* A status CLEAN or TRUSTED.  There may be equal ones. */
struct scan_answer {
    const char *plugin; /* interned, as in findings */
    struct object *object;
    uint32_t status; /* ASSAY_STATUS_CLEAN, ASSAY_STATUS_TRUSTED */
    int32_t rcpt;    /* index or FINDING_ALL_RCPTS */
};

/* One count() that was applied. */
struct scan_count {
    char *name;
    char *key;
    int64_t n;
};

/*
 * What one scan is run on.  Lent while it runs; `message` until the scan is freed.
 */
struct scan_input {
    /* Grows.  When a journal is refused it is parsed again: pointers into it from
     * before are then void. */
    struct message *message;
    /* Unix time of the scan; 0: that of the journal of a suspended scan, or else the
     * clock's. */
    int64_t now_s;
    /* CLOCK_MONOTONIC; 0: that of the journal of a suspended scan, but never later than
     * limits.max_time_ms from now. */
    uint64_t deadline_ns;
    const struct journal *journal; /* NULL: the scan begins; scan/journal.h */
    /* The last stage, CONNECT to RCPT (of the recipients that are known): of `message`
     * only the session is looked at.  0: all of them. */
    uint32_t until;
    bool may_suspend; /* wishes suspend it; plan->resolver is never called */
    /* Bytes of a journal, 0: JOURNAL_MAX.  Where more would be needed the scan is not
     * suspended, and what it wishes is answered SERVFAIL. */
    size_t journal_max;
};

/*
 * The result.  Owned by whoever ran it; lends from `message`, which must outlive
 * it.
 */
struct scan {
    const struct scan_plan *plan;
    struct message *message;
    int64_t now_s; /* the scan's time */
    uint64_t deadline_ns;
    GPtrArray *findings; /* struct finding, in order; each (plugin, kind, name,
                              object, rcpt) once.  None is CLEAN or TRUSTED */
    GArray *answers;     /* struct scan_answer: who looked and found nothing */
    GHashTable *facts;   /* char *key -> char *value */
    GPtrArray *counts;   /* struct scan_count */
    GPtrArray *edits;    /* struct scan_edit: proposals */
    struct scan_use *uses;     /* plan->scanner_n of them, same order */
    uint64_t findings_dropped; /* over limits.max_findings */
    uint64_t bytes;            /* unpacked bytes charged to limits.max_bytes */
    uint64_t ns; /* wall time of the scan, all its rounds together, but
                                  not between them */
    /* It waits for answers.  What has been found so far is not all; the way on is
     * `journal` with the answers to `open`. */
    bool is_suspended;
    /* Suspended, or over behind stage `until`: bytes for journal_unpack.  Behind a stage
     * NULL where there was no time to ask everybody, or no room: then whoever goes on
     * does so from the journal before, and asks again. */
    GBytes *journal;
    const GPtrArray *open; /* suspended: struct wish, lent, at least one */
    /* Why the journal was not gone by: it was begun anew.  Static; NULL: it was. */
    const char *journal_refused;
    struct scan_state *state; /* private to core/scan */
};

/* A proposal of a scanner, see struct assay_edit. */
struct scan_edit {
    const char *plugin;
    uint32_t kind;
    uint32_t index;
    uint64_t offset;
    uint64_t length;
    char *name;
    GBytes *value;
};

/* Stages in which any scanner is asked: ASSAY_STAGE_BIT(...). */
uint64_t scan_plan_stages(const struct scan_plan *plan);

/* Sorts scanners so that readers come after providers; otherwise keeps the order.
 * Fails on a cycle and names it. */
bool scan_order(const struct scanner **scanners, size_t n, GError **error);

/* Is `object` below `above`, or the same? */
bool scan_is_below(const struct object *object, const struct object *above);

/* Runs everything, from the journal on if there is one. */
struct scan *scan_run_input(const struct scan_plan *plan,
                            const struct scan_input *input);
/* The same without a journal; it is not suspended.  `now_s` 0: the clock's. */
struct scan *scan_run(const struct scan_plan *plan, struct message *message,
                      int64_t now_s);
void scan_free(struct scan *scan);

#endif
