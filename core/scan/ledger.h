/* SPDX-License-Identifier: MIT */
/*
 * Findings as they are kept: each (plugin, kind, name, object, rcpt) once and at
 * most `max` of them.
 *
 * When it is full a worse finding takes the place of the mildest one, so that no
 * message can hide its malware behind a thousand trifles.  The bounds of the message
 * (`partial` by "core") are not counted and always kept.
 */
#ifndef SCAN_LEDGER_H
#define SCAN_LEDGER_H

#include "scan/finding.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What has been said, each once.  Owned by its scan. */
struct ledger {
    GPtrArray *findings; /* struct finding, in order */
    GHashTable *index;   /* the same as a set, once a loop is too slow */
    uint64_t max;
    uint64_t counted[FINDING_RANKS]; /* by rank of their kind */
    uint64_t total;                  /* the sum of these */
    uint64_t dropped;
};

void ledger_init(struct ledger *ledger, uint64_t max);
/* Takes ownership.  False: it was there already, or the ledger is full of findings
 * that are as bad (then it is counted as dropped). */
bool ledger_add(struct ledger *ledger, struct finding *finding);
/* Moves all of `from` into `to`; `from` is empty afterwards. */
void ledger_move(struct ledger *to, struct ledger *from);
/* Empty again. */
void ledger_reset(struct ledger *ledger);
void ledger_clear(struct ledger *ledger);

#endif
