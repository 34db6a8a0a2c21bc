/* SPDX-License-Identifier: MIT */
/*
 * Private to core/scan: a scan's own side of its journal (scan/journal.h): what was
 * asked is written down, what is written down is not asked again.
 */
#ifndef SCAN_REPLAY_H
#define SCAN_REPLAY_H

#include "base/pack.h"
#include "scan/journal.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scan;
struct scan_input;
struct session;
struct task;

/* What a scan keeps of it.  Owned by its scan; zeroed is none. */
struct replay {
    const struct journal *journal; /* lent; NULL: the scan begins */
    struct unpacker entries;       /* those that have not had their turn */
    uint32_t left;                 /* how many */
    bool is_on;    /* what is asked has been asked before; time stands still */
    bool is_rerun; /* a scanner makes its children again */
    const char *refused; /* why the journal is not of this scan; static */
    uint32_t differs;    /* as in the journal */
    uint32_t differs_at;
    uint32_t anew;
    bool may_suspend;
    uint32_t group; /* place in `groups` of the next one that is to come */
    /* uint32_t, recipients there were each time it ended at RCPT; NULL: no record */
    GArray *groups;
    GByteArray *record; /* entries; NULL: there will be no journal */
    struct packer to;
    uint32_t recorded;
};

void replay_begin(struct scan *scan, const struct scan_input *input);
void replay_clear(struct replay *replay);

/* The next entry instead of calling handle(): what that answered.  When the entry is
 * not this task's, or not well made, `refused` is set. */
int32_t replay_task(struct task *task);
/* Writes down what a call said.  `ns`: what it took. */
void replay_record(struct task *task, int32_t rc, uint64_t ns);
/* All tasks wait and have their answers: are there entries behind? */
void replay_round(struct scan *scan);
/* The journal's answers for those wishes that are open; they are so no more. */
void replay_answers(struct scan *scan);
/* Open wishes are left: ends the scan with a journal.  False: it may not, or it is too
 * large. */
bool replay_suspend(struct scan *scan);
/* Have those who wrote the journal ended here, behind so many recipients?  Then the
 * others are not asked together with these. */
bool replay_ends_group(struct scan *scan, uint32_t rcpts);
/* A stage of the session is over; RCPT: for so many recipients.  Where the journal ends
 * what comes is asked as ever. */
void replay_stage_end(struct scan *scan, uint32_t stage, uint32_t rcpts);
/* The scan was one up to stage `until` and has ended: its journal, where there can be
 * one. */
void replay_stop(struct scan *scan, uint32_t until);
/* What the stages up to `until` are about, of RCPT the first recipients. */
void replay_session(const struct session *session, uint32_t until,
                    uint32_t rcpts, uint8_t out[DIGEST_SIZE]);
/* The scan has ended: what should have been told and was not. */
void replay_end(struct scan *scan);

#endif
