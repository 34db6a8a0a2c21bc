/* SPDX-License-Identifier: MIT */
/*
 * The verdict: all findings added up, and what is to be done, for each recipient.
 *
 * Pure: scan + policy in, verdict out.
 */
#ifndef VERDICT_VERDICT_H
#define VERDICT_VERDICT_H

#include "scan/scan.h"
#include "verdict/policy.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* Why: the finding that decided (NULL: the SCL), what it counts as, and the line of
 * configuration ("plugins.conf:31: [policy] malware = reject", or "default: [policy]
 * malware = reject"), with "; ..." behind it where that alone does not explain it
 * ("; SCL is 2").  `line` is owned by the verdict. */
struct because {
    const struct finding *finding;
    uint32_t kind; /* ASSAY_KIND_*; SPAM: the SCL */
    char *line;
};

/* The decision for one recipient. */
struct verdict_rcpt {
    const char *rcpt; /* lent by the session */
    int scl;
    double probability;
    uint32_t action; /* ASSAY_ACTION_* */
    /* Somebody who should have looked has failed, or had no time. */
    bool is_unscanned;
    struct because because;
    /* By [policy ...], owned by the verdict; NULL: [actions] says. */
    char *redirect_to;
    GPtrArray *copy_to; /* char *, maybe none of them */
};

/*
 * The verdict.  Owned by its caller; lends from scan and session.
 *
 * What a finding counts as need not be its own kind: malware of low confidence or
 * without the engines' consensus counts as suspicious.  Evidence of spam makes the
 * kind `spam` only where the SCL reaches a threshold.
 */
struct verdict {
    uint32_t kind;      /* worst kind, 0: clean */
    uint32_t action;    /* strictest over all recipients */
    int scl;            /* highest over all recipients, SCL_TRUSTED: trusted */
    double probability; /* of spam, belongs to scl */
    struct because because;
    uint64_t disagreements; /* objects about which malware engines differ,
                               counted up to 100 */
    GArray *rcpts;          /* struct verdict_rcpt, in the session's order */
};

struct verdict *verdict_new(const struct policy *policy,
                            const struct scan *scan);

/* A verdict that was made elsewhere, the same for all recipients.  Plain value. */
struct verdict_told {
    uint32_t kind;
    uint32_t action;
    int scl;
    const char *line; /* for struct because */
};

struct verdict *verdict_new_told(const struct verdict_told *told,
                                 const struct session *session);
void verdict_free(struct verdict *verdict);

/* "accept", "quarantine"; NONE is "none". */
const char *verdict_action_name(uint32_t action);
uint32_t verdict_action_by_name(const char *name);
/* Is `a` stricter than `b`? */
bool verdict_is_stricter(uint32_t a, uint32_t b);
/* Rank of a kind: malware above all; clean is 0. */
unsigned verdict_kind_rank(uint32_t kind);

#endif
