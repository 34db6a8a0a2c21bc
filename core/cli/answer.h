/* SPDX-License-Identifier: MIT */
/*
 * The answer for one message: read, parse, scan, judge.
 *
 * There is an answer for everything that was named: a file that cannot be read, is
 * too large, or whose scan killed a worker gets one that says so, judged by the same
 * policy as any other.
 */
#ifndef CLI_ANSWER_H
#define CLI_ANSWER_H

#include "cli/board.h"
#include "mailbox/source.h"
#include "scan/scan.h"
#include "verdict/verdict.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* What all answers of one run share.  Owned by the command, read-only. */
struct answer_plan {
    struct scan_plan scan;
    const struct policy *policy;
    const struct session *session;
    int64_t now_s; /* 0: the clock's */
};

/* How a worker ended while it was on a message. */
struct death {
    uint32_t scanner; /* index + 1 in the plan; 0: core itself */
    int signal;       /* that ended it, 0: it left by itself */
    bool was_late;    /* it was ended, because it did not return */
    bool was_mad;     /* it wrote nonsense between the answers */
    bool never_lived; /* no worker stays alive long enough to scan anything */
    char where[BOARD_WHERE_SIZE]; /* path of the object */
};

/*
 * One answer.  Everything in it is its own, except what the plan lends.  Zeroed
 * memory is valid and empty.
 */
struct answer {
    const struct source_item *item;
    struct scan_plan plan; /* the run's, less the scanners that died */
    const struct scanner **scanners;
    struct message *message; /* empty where nothing could be read */
    struct scan *scan;
    struct verdict *verdict;
    uint64_t bytes; /* of the raw message */
    uint64_t ns;    /* from opening the file to the verdict */
    bool is_unread; /* the message itself was not looked at */
};

/*
 * `deaths` (maybe none) are those of earlier tries at this message: their scanners
 * are left out and answered for by a finding `failed`; where core itself died the
 * message is not scanned again.
 */
void answer_make(const struct answer_plan *plan, const struct source_item *item,
                 const struct death *deaths, size_t death_n,
                 struct answer *out);
/* For one that could not be read, or is too large. */
void answer_make_unread(const struct answer_plan *plan,
                        const struct source_item *item, const GError *error,
                        struct answer *out);
void answer_clear(struct answer *answer);

/* Was something not looked at because something failed?  Exit status 2. */
bool answer_is_trouble(const struct answer *answer);

#endif
