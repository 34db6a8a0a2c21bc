/* SPDX-License-Identifier: MIT */
/*
 * Private to core/verdict: the configuration, read and ready to be asked.
 *
 *   options.c    the option tables of [verdict] and [policy ...]
 *   section.c, section_verdict.c, section_policy.c, policy.c
 *                from plugins.conf to these structures
 *   rules.c      which rule decides about a finding, or about an SCL
 *   consensus.c  what several malware engines say together
 *   heard.c      what each of them has said near each object
 *   verdict.c    all of it added up
 *   outcome_options.c, outcome.c, sorting.c, outcome_reply.c
 *                how the verdict is carried out, in one answer for all recipients
 */
#ifndef VERDICT_RULES_H
#define VERDICT_RULES_H

#include "scan/scan.h"
#include "verdict/policy.h"
#include "verdict/verdict.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

enum {
    KIND_COUNT = ASSAY_KIND_FAILED + 1,
    ACTION_ADVICE = 100 /* what the plugin advises */
};

/* One setting.  Owned by its rule. */
struct setting {
    char *line; /* "plugins.conf:31: [policy] malware = reject"; NULL: not set
                       here, an earlier rule decides */
    uint32_t value; /* ASSAY_ACTION_* or ACTION_ADVICE, or a threshold */
};

/* [policy] or [policy NAME]: all conditions hold, then the settings count. */
struct rule {
    uint32_t direction; /* ASSAY_DIRECTION_*; 0: any */
    GPtrArray *rcpts;   /* char *, patterns with *; NULL: any.  The same for */
    GPtrArray *senders; /* all of them */
    GPtrArray *plugins;
    GPtrArray *names;
    uint32_t min_confidence;
    uint32_t max_confidence;
    struct setting kinds[KIND_COUNT];
    struct setting gateway_threshold;
    struct setting gateway_action;
    struct setting junk_threshold;
    char *redirect_to;  /* NULL: an earlier rule says, or [actions] */
    GPtrArray *copy_to; /* char *, may be empty; NULL as above */
};

enum consensus {
    CONSENSUS_ANY, /* in the order of the option's choices */
    CONSENSUS_ALL,
    CONSENSUS_COUNT,
    CONSENSUS_WEIGHT,
};

enum bias {
    BIAS_MAX_CERTAINTY, /* in the order of the option's choices */
    BIAS_FAVOR_CERTAINTY,
    BIAS_NEUTRAL,
    BIAS_FAVOR_PERFORMANCE,
    BIAS_MAX_PERFORMANCE,
};

/* What one engine counts in a vote.  Owned by its policy. */
struct engine_weight {
    char *name; /* of the instance */
    uint32_t weight;
};

/* All that is configured about verdicts, checked.  Read-only once made. */
struct policy {
    GPtrArray *rules; /* struct rule; [0] is the base, then in file order */
    int64_t prior_milli;
    bool rates_trusted;
    char *trusted_line; /* that says so */
    uint32_t malware_confidence;
    enum consensus consensus;
    enum bias bias;
    uint32_t engines_needed;
    GArray *weights; /* struct engine_weight: those that are not 1 */
    GPtrArray *veto; /* char *: instance names */
};

/* Does `text` fit a pattern in which * stands for anything?  ASCII letters of both
 * cases are the same. */
bool rules_glob(const char *pattern, const char *text);

/* For whom a rule is looked for. */
struct who {
    const struct session *session;
    const char *rcpt; /* NULL: the session has no recipients */
};

/* The settings in force. */
const struct setting *rules_kind(const struct policy *policy,
                                 const struct who *who,
                                 const struct finding *finding, uint32_t kind);

/* The settings that hold for one recipient; lent by the policy, never NULL. */
struct rules_scl {
    const struct setting *gateway_threshold;
    const struct setting *gateway_action;
    const struct setting *junk_threshold;
};

void rules_scl(const struct policy *policy, const struct who *who,
               struct rules_scl *out);

/* Addresses that hold for one recipient and the finding that decided (NULL: the SCL
 * did); lent by the policy, NULL: none is set. */
struct rules_addresses {
    const char *redirect_to;
    const GPtrArray *copy_to;
};

void rules_addresses(const struct policy *policy, const struct who *who,
                     const struct finding *finding,
                     struct rules_addresses *out);

/*
 * What each finding counts as, one entry for each of scan->findings.
 */
struct weighed {
    uint32_t kind;   /* ASSAY_KIND_*, 0: nothing */
    const char *why; /* it is not the finding's own kind, or NULL.  Static */
};

/* Returns a new array; `*disagreements` is the number of objects about which the
 * engines do not agree. */
struct weighed *consensus_weigh(const struct policy *policy,
                                const struct scan *scan,
                                uint64_t *disagreements);

#endif
