/* SPDX-License-Identifier: MIT */
/*
 * Several malware engines, one answer.
 *
 * Engines may speak about different levels of one thing (one opens an archive by
 * itself and names the archive, another names the member), so what counts for an
 * object is what was said about it, about what is inside it and about what it is
 * inside of.
 */
#include "verdict/rules.h"

#include <string.h>

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

static bool is_engine(const struct scanner *scanner)
{
    return (scanner->flags & ASSAY_FLAG_MALWARE) != 0;
}

static bool is_by_engine(const struct scan *scan, const struct finding *finding)
{
    for (size_t i = 0; i < scan->plan->scanner_n; i++)
        if (scan->plan->scanners[i]->name == finding->plugin)
            return is_engine(scan->plan->scanners[i]);
    return false;
}

static bool is_malware(const struct policy *policy,
                       const struct finding *finding)
{
    return finding->kind == ASSAY_KIND_MALWARE &&
           finding->confidence >= policy->malware_confidence;
}

static uint32_t weight_of(const struct policy *policy, const char *name)
{
    for (unsigned i = 0; i < policy->weights->len; i++) {
        const struct engine_weight *weight =
            &g_array_index(policy->weights, struct engine_weight, i);
        if (strcmp(weight->name, name) == 0)
            return weight->weight;
    }
    return 1;
}

static bool has_veto(const struct policy *policy, const char *name)
{
    for (unsigned i = 0; i < policy->veto->len; i++)
        if (strcmp(policy->veto->pdata[i], name) == 0)
            return true;
    return false;
}

static bool is_related(const struct object *a, const struct object *b)
{
    return a == NULL || b == NULL || scan_is_below(a, b) || scan_is_below(b, a);
}

/* Has the engine said that it looked and found nothing? */
static bool has_answered(const struct scan *scan, const char *engine,
                         const struct object *object)
{
    for (unsigned i = 0; i < scan->answers->len; i++) {
        const struct scan_answer *a =
            &g_array_index(scan->answers, struct scan_answer, i);
        if (a->plugin == engine && is_related(a->object, object))
            return true;
    }
    return false;
}

static void count_engine(const struct policy *policy, const struct scan *scan,
                         const char *engine, const struct object *object,
                         struct votes *votes)
{
    bool found = false;
    bool failed = false;
    bool told = false;
    for (unsigned i = 0; i < scan->findings->len; i++) {
        const struct finding *f = scan->findings->pdata[i];
        if (f->plugin != engine || !is_related(f->object, object))
            continue;
        found = found || is_malware(policy, f);
        failed = failed || f->kind == ASSAY_KIND_FAILED;
        told = told || f->status == ASSAY_STATUS_FOUND;
    }
    bool answered =
        found || (!failed && (told || has_answered(scan, engine, object)));
    uint32_t weight = weight_of(policy, engine);
    votes->engines++;
    votes->failed += failed;
    votes->answered += answered;
    votes->found += found;
    votes->weight_answered += answered ? weight : 0;
    votes->weight_found += found ? weight : 0;
    votes->has_veto = votes->has_veto || (found && has_veto(policy, engine));
}

static struct votes count(const struct policy *policy, const struct scan *scan,
                          const struct object *object)
{
    struct votes votes = {0};
    for (size_t i = 0; i < scan->plan->scanner_n; i++)
        if (is_engine(scan->plan->scanners[i]))
            count_engine(policy, scan, scan->plan->scanners[i]->name, object,
                         &votes);
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

static void weigh_malware(const struct policy *policy, const struct scan *scan,
                          const struct finding *finding, struct weighed *out)
{
    if (finding->confidence < policy->malware_confidence) {
        out->kind = ASSAY_KIND_SUSPICIOUS;
        out->why = "malware below [verdict] malware_confidence";
        return;
    }
    if (policy->consensus == CONSENSUS_ANY || !is_by_engine(scan, finding))
        return;
    struct votes votes = count(policy, scan, finding->object);
    if (agree(policy, &votes))
        return;
    out->kind = ASSAY_KIND_SUSPICIOUS;
    out->why = "malware without [verdict] consensus";
}

static void weigh_failed(const struct policy *policy, const struct scan *scan,
                         const struct finding *finding, struct weighed *out)
{
    if (policy->bias == BIAS_MAX_CERTAINTY || !is_by_engine(scan, finding))
        return;
    struct votes votes = count(policy, scan, finding->object);
    if (!are_enough(policy, &votes))
        return;
    out->kind = ASSAY_KIND_INFO;
    out->why = "failed, but enough engines answered for [verdict] bias";
}

static uint64_t count_disagreements(const struct policy *policy,
                                    const struct scan *scan)
{
    uint64_t n = 0;
    g_autoptr(GHashTable) done = g_hash_table_new(NULL, NULL);
    for (unsigned i = 0; i < scan->findings->len && n < DISAGREEMENTS_MAX;
         i++) {
        const struct finding *f = scan->findings->pdata[i];
        if (!is_malware(policy, f) || !g_hash_table_add(done, f->object))
            continue;
        struct votes votes = count(policy, scan, f->object);
        n += votes.found > 0 && votes.found < votes.answered;
    }
    return n;
}

struct weighed *consensus_weigh(const struct policy *policy,
                                const struct scan *scan,
                                uint64_t *disagreements)
{
    size_t engines = 0;
    bool has_malware = false;
    struct weighed *all = g_new0(struct weighed, scan->findings->len + 1);
    for (unsigned i = 0; i < scan->findings->len; i++) {
        const struct finding *finding = scan->findings->pdata[i];
        all[i].kind = finding->kind;
        if (finding->kind == ASSAY_KIND_MALWARE) {
            has_malware = true;
            weigh_malware(policy, scan, finding, &all[i]);
        } else if (finding->kind == ASSAY_KIND_FAILED) {
            weigh_failed(policy, scan, finding, &all[i]);
        }
    }
    for (size_t i = 0; i < scan->plan->scanner_n; i++)
        engines += is_engine(scan->plan->scanners[i]);
    *disagreements =
        has_malware && engines > 1 ? count_disagreements(policy, scan) : 0;
    return all;
}
