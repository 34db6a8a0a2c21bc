/* SPDX-License-Identifier: MIT */
/*
 * Several malware engines, one answer.
 *
 * Engines may speak about different levels of one thing (one opens an archive by
 * itself and names the archive, another names the member), so what counts for an
 * object is what was said about it, about what is inside it and about what it is
 * inside of.
 */
#include "verdict/heard.h"
#include "verdict/rules.h"

enum {
    DISAGREEMENTS_MAX = 100
};

/* What the engines said about one object. */
struct votes {
    unsigned engines;
    unsigned answered;
    unsigned found;
    unsigned failed;
    uint64_t weight_answered;
    uint64_t weight_found;
    bool has_veto; /* one that decides alone found malware */
};

/* All that votes are counted from. */
struct ballot {
    const struct policy *policy;
    const struct scan *scan;
    struct heard heard;
};

static bool is_by_engine(const struct ballot *ballot,
                         const struct finding *finding)
{
    return heard_engine(&ballot->heard, finding->plugin) <
           ballot->heard.engine_n;
}

static bool is_malware(const struct policy *policy,
                       const struct finding *finding)
{
    return finding->kind == ASSAY_KIND_MALWARE &&
           finding->confidence >= policy->malware_confidence;
}

static void count_engine(const struct heard_engine *engine, uint8_t said,
                         struct votes *votes)
{
    bool found = (said & HEARD_MALWARE) != 0;
    bool failed = (said & HEARD_FAILED) != 0;
    bool told = (said & (HEARD_FOUND | HEARD_ANSWERED)) != 0;
    bool answered = found || (!failed && told);
    votes->engines++;
    votes->failed += failed;
    votes->answered += answered;
    votes->found += found;
    votes->weight_answered += answered ? engine->weight : 0;
    votes->weight_found += found ? engine->weight : 0;
    votes->has_veto = votes->has_veto || (found && engine->has_veto);
}

static struct votes count(struct ballot *ballot, const struct object *object)
{
    struct votes votes = {0};
    struct heard *heard = &ballot->heard;
    heard_listen(heard, ballot->policy, ballot->scan);
    for (size_t i = 0; i < heard->engine_n; i++)
        count_engine(&heard->engines[i], heard_near(heard, i, object), &votes);
    return votes;
}

static bool agree(const struct policy *policy, const struct votes *votes)
{
    if (votes->has_veto)
        return true;
    switch (policy->consensus) {
    case CONSENSUS_ALL:
        return votes->found == votes->answered;
    case CONSENSUS_COUNT:
        /* Fewer may have answered than must agree: then all of them. */
        return votes->found >= MIN(policy->engines_needed, votes->answered);
    case CONSENSUS_WEIGHT:
        return votes->weight_found * 2 > votes->weight_answered;
    case CONSENSUS_ANY:
    default:
        return true;
    }
}

/* Have enough engines answered to do without the one that failed? */
static bool are_enough(const struct policy *policy, const struct votes *votes)
{
    unsigned needed = votes->engines;
    switch (policy->bias) {
    case BIAS_FAVOR_CERTAINTY:
        needed -= votes->failed;
        break;
    case BIAS_NEUTRAL:
        needed = (needed + 1) / 2;
        break;
    case BIAS_FAVOR_PERFORMANCE:
        needed = (needed + 3) / 4;
        break;
    case BIAS_MAX_PERFORMANCE:
        needed = 1;
        break;
    case BIAS_MAX_CERTAINTY:
    default:
        return false;
    }
    return votes->answered >= MAX(needed, 1);
}

static void weigh_malware(struct ballot *ballot, const struct finding *finding,
                          struct weighed *out)
{
    const struct policy *policy = ballot->policy;
    if (finding->confidence < policy->malware_confidence) {
        out->kind = ASSAY_KIND_SUSPICIOUS;
        out->why = "malware below [verdict] malware_confidence";
        return;
    }
    if (policy->consensus == CONSENSUS_ANY || !is_by_engine(ballot, finding))
        return;
    struct votes votes = count(ballot, finding->object);
    if (agree(policy, &votes))
        return;
    out->kind = ASSAY_KIND_SUSPICIOUS;
    out->why = "malware without [verdict] consensus";
}

static void weigh_failed(struct ballot *ballot, const struct finding *finding,
                         struct weighed *out)
{
    const struct policy *policy = ballot->policy;
    if (policy->bias == BIAS_MAX_CERTAINTY || !is_by_engine(ballot, finding))
        return;
    struct votes votes = count(ballot, finding->object);
    if (!are_enough(policy, &votes))
        return;
    out->kind = ASSAY_KIND_INFO;
    out->why = "failed, but enough engines answered for [verdict] bias";
}

static uint64_t count_disagreements(struct ballot *ballot)
{
    uint64_t n = 0;
    const GPtrArray *findings = ballot->scan->findings;
    g_autoptr(GHashTable) done = g_hash_table_new(NULL, NULL);
    for (unsigned i = 0; i < findings->len && n < DISAGREEMENTS_MAX; i++) {
        const struct finding *f = findings->pdata[i];
        if (!is_malware(ballot->policy, f) ||
            !g_hash_table_add(done, f->object))
            continue;
        struct votes votes = count(ballot, f->object);
        n += votes.found > 0 && votes.found < votes.answered;
    }
    return n;
}

struct weighed *consensus_weigh(const struct policy *policy,
                                const struct scan *scan,
                                uint64_t *disagreements)
{
    bool has_malware = false;
    struct ballot ballot = {.policy = policy, .scan = scan};
    struct weighed *all = g_new0(struct weighed, scan->findings->len + 1);
    heard_init(&ballot.heard, policy, scan);
    for (unsigned i = 0; i < scan->findings->len; i++) {
        const struct finding *finding = scan->findings->pdata[i];
        all[i].kind = finding->kind;
        if (finding->kind == ASSAY_KIND_MALWARE) {
            has_malware = true;
            weigh_malware(&ballot, finding, &all[i]);
        } else if (finding->kind == ASSAY_KIND_FAILED) {
            weigh_failed(&ballot, finding, &all[i]);
        }
    }
    *disagreements = has_malware && ballot.heard.engine_n > 1
                         ? count_disagreements(&ballot)
                         : 0;
    heard_clear(&ballot.heard);
    return all;
}
