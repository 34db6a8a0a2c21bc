/* SPDX-License-Identifier: MIT */
/*
 * The torture's ledger: every message that was handed in, every answer that came, and
 * whether each answer says what it must.
 */
#ifndef TORTURE_TALLY_H
#define TORTURE_TALLY_H

#include "bads.h"
#include "mails.h"
#include "scan/scan.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* The counts, as they are printed. */
struct tally {
    const GPtrArray *bads; /* struct bad, lent */
    GHashTable *bad_names; /* owned */
    bool are_together;     /* only whether there is an answer is promised */
    uint64_t messages;
    uint64_t answered;
    uint64_t cancelled; /* of the answered ones */
    uint64_t disturbed; /* of the answered ones: a bad plugin acted on it */
    uint64_t excused;   /* voices that were lost to a worker that we killed */
    uint64_t left_out;  /* idle voices of plugins that had failed often */
    uint64_t wrong;
    uint64_t lost;
    uint64_t blamed_wrongly;
    uint64_t leaked_processes;
    uint64_t leaked_fds;
    uint64_t reloads; /* generations that took over from another one */
};

/* May `bad` be `failed` though it did not act?  Told by who kills workers. */
typedef bool (*tally_excuse_fn)(void *self, const struct bad *bad);

void tally_init(struct tally *tally, const GPtrArray *bads, bool are_together);
void tally_clear(struct tally *tally);

/* A mail is handed in. */
void tally_handed(struct tally *tally, const struct mail *mail);

/* Looks at one answer that is not a cancelled one.  What is wrong is said on standard
 * error, the first few times. */
void tally_check(struct tally *tally, const struct mail *mail,
                 const struct scan *scan, tally_excuse_fn excuse, void *self);

/* The same of one that was not scanned at all, though it should have been. */
void tally_unread(struct tally *tally, const struct mail *mail,
                  const struct scan *scan);

/* "messages=1 answered=1 wrong=0 ..." */
void tally_print(const struct tally *tally);
bool tally_is_good(const struct tally *tally);

#endif
