/* SPDX-License-Identifier: MIT */
#include "verdict/verdict.h"

#include "mail/message.h"
#include "verdict/rules.h"
#include "verdict/scl.h"

/* All that a decision is made from. */
struct court {
    const struct policy *policy;
    const struct scan *scan;
    const struct weighed *weighed; /* one for each finding */
    struct verdict *verdict;
};

/* One recipient's decision while it is made. */
struct ruling {
    uint32_t action;
    uint32_t kind; /* of the finding that decided */
    const struct finding *finding;
    const struct setting *setting;
    const char *why;
    bool is_unscanned;
};

static bool is_for(const struct finding *finding, int32_t rcpt)
{
    return finding->rcpt == FINDING_ALL_RCPTS || finding->rcpt == rcpt;
}

/* The plugin's advice, as far as a plugin may go. */
static uint32_t advised(const struct finding *finding)
{
    switch (finding->advice) {
    case ASSAY_ACTION_NONE:
    case ASSAY_ACTION_REDIRECT: /* to nobody knows whom */
    case ASSAY_ACTION_DISCARD:  /* the mail would be lost */
        return ASSAY_ACTION_QUARANTINE;
    default:
        return finding->advice;
    }
}

static void consider(struct ruling *ruling, const struct finding *finding,
                     const struct weighed *weighed,
                     const struct setting *setting)
{
    uint32_t action =
        setting->value == ACTION_ADVICE ? advised(finding) : setting->value;
    bool is_stricter = verdict_is_stricter(action, ruling->action);
    bool is_as_strict =
        action == ruling->action &&
        (ruling->finding == NULL ||
         finding_kind_rank(weighed->kind) > finding_kind_rank(ruling->kind));
    if (!is_stricter && !is_as_strict)
        return;
    ruling->action = action;
    ruling->kind = weighed->kind;
    ruling->finding = finding;
    ruling->setting = setting;
    ruling->why = weighed->why;
}

/* What is missing because of us and not because of what the mail is. */
static bool is_missing(const struct finding *finding, uint32_t kind)
{
    return kind == ASSAY_KIND_FAILED ||
           (kind == ASSAY_KIND_PARTIAL &&
            finding->reason == ASSAY_REASON_LIMIT_TIME);
}

static void consider_findings(const struct court *court, const struct who *who,
                              int32_t rcpt, struct ruling *ruling)
{
    const GPtrArray *findings = court->scan->findings;
    for (unsigned i = 0; i < findings->len; i++) {
        const struct finding *finding = findings->pdata[i];
        uint32_t kind = court->weighed[i].kind;
        if (kind == 0 || kind == ASSAY_KIND_SPAM || !is_for(finding, rcpt))
            continue;
        ruling->is_unscanned |= is_missing(finding, kind);
        consider(ruling, finding, &court->weighed[i],
                 rules_kind(court->policy, who, finding, kind));
    }
}

static void rate(const struct court *court, int32_t rcpt,
                 struct verdict_rcpt *out)
{
    const GPtrArray *findings = court->scan->findings;
    int64_t sum = 0; /* at most 100,000 findings of 30,000 */
    for (unsigned i = 0; i < findings->len; i++) {
        const struct finding *finding = findings->pdata[i];
        if (finding->kind == ASSAY_KIND_SPAM && is_for(finding, rcpt))
            sum += finding->log_odds_milli;
    }
    out->probability = scl_probability(sum, court->policy->prior_milli);
    out->scl = scl_from_probability(out->probability);
    if (court->scan->message->session->is_trusted &&
        !court->policy->rates_trusted)
        out->scl = SCL_TRUSTED;
}

/* What the SCL alone leads to; the setting is the one that says so. */
static uint32_t act_on_scl(const struct rules_scl *rules, int scl,
                           const struct setting **setting)
{
    *setting = rules->junk_threshold;
    if (scl == SCL_TRUSTED)
        return ASSAY_ACTION_ACCEPT;
    if (scl >= (int)rules->gateway_threshold->value) {
        *setting = rules->gateway_threshold;
        return rules->gateway_action->value;
    }
    return scl > (int)rules->junk_threshold->value ? ASSAY_ACTION_JUNK
                                                   : ASSAY_ACTION_ACCEPT;
}

static char *explain(const struct policy *policy, const struct ruling *ruling,
                     const struct rules_scl *rules, int scl)
{
    const char *line = ruling->setting->line;
    if (ruling->finding != NULL)
        return g_strconcat(
            line, ruling->why != NULL ? "; " : "",
            ruling->why != NULL ? ruling->why : "",
            ruling->setting->value == ACTION_ADVICE ? ", which is " : NULL,
            verdict_action_name(ruling->action), NULL);
    if (scl == SCL_TRUSTED)
        return g_strdup_printf("%s; trusted mail, SCL is %d",
                               policy->trusted_line, scl);
    if (ruling->setting == rules->gateway_threshold)
        return g_strdup_printf("%s; SCL is %d; %s", line, scl,
                               rules->gateway_action->line);
    return g_strdup_printf("%s; SCL is %d", line, scl);
}

/* The worse of the two kinds. */
static void worsen(uint32_t *kind, uint32_t other)
{
    if (finding_kind_rank(other) > finding_kind_rank(*kind))
        *kind = other;
}

/* Lists are copied: the policy may be replaced while the verdict is carried out. */
static void take_addresses(const struct policy *policy, const struct who *who,
                           struct verdict_rcpt *out)
{
    struct rules_addresses addresses;
    rules_addresses(policy, who, out->because.finding, &addresses);
    out->redirect_to = g_strdup(addresses.redirect_to);
    if (addresses.copy_to == NULL)
        return;
    out->copy_to = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = 0; i < addresses.copy_to->len; i++)
        g_ptr_array_add(out->copy_to, g_strdup(addresses.copy_to->pdata[i]));
}

static struct verdict_rcpt decide(const struct court *court, const char *rcpt,
                                  int32_t index)
{
    struct who who = {court->scan->message->session, rcpt};
    struct verdict_rcpt out = {.rcpt = rcpt};
    rate(court, index, &out);
    struct rules_scl rules;
    rules_scl(court->policy, &who, &rules);
    const struct setting *setting;
    uint32_t by_scl = act_on_scl(&rules, out.scl, &setting);
    struct ruling ruling = {.action = ASSAY_ACTION_ACCEPT};
    consider_findings(court, &who, index, &ruling);
    if (ruling.finding == NULL || verdict_is_stricter(by_scl, ruling.action))
        ruling = (struct ruling){.action = by_scl,
                                 .kind = ASSAY_KIND_SPAM,
                                 .setting = setting,
                                 .is_unscanned = ruling.is_unscanned};
    if (out.scl > (int)rules.junk_threshold->value ||
        out.scl >= (int)rules.gateway_threshold->value)
        worsen(&court->verdict->kind, ASSAY_KIND_SPAM);
    out.action = ruling.action;
    out.is_unscanned = ruling.is_unscanned;
    out.because.finding = ruling.finding;
    out.because.kind = ruling.kind;
    out.because.line = explain(court->policy, &ruling, &rules, out.scl);
    take_addresses(court->policy, &who, &out);
    return out;
}

/* The message as a whole: the strictest of all, the most spam of all. */
static void sum_up(struct verdict *verdict, const struct verdict_rcpt *one,
                   bool is_first)
{
    if (is_first || one->scl > verdict->scl) {
        verdict->scl = one->scl;
        verdict->probability = one->probability;
    }
    if (is_first || verdict_is_stricter(one->action, verdict->action)) {
        verdict->action = one->action;
        verdict->because.finding = one->because.finding;
        verdict->because.kind = one->because.kind;
        g_free(verdict->because.line);
        verdict->because.line = g_strdup(one->because.line);
    }
}

static void clear_rcpt(void *p)
{
    struct verdict_rcpt *rcpt = p;
    g_free(rcpt->because.line);
    g_free(rcpt->redirect_to);
    if (rcpt->copy_to != NULL)
        g_ptr_array_unref(rcpt->copy_to);
}

struct verdict *verdict_new(const struct policy *policy,
                            const struct scan *scan)
{
    const GPtrArray *rcpts = scan->message->session->rcpts;
    struct verdict *verdict = g_new0(struct verdict, 1);
    verdict->rcpts = g_array_new(false, false, sizeof(struct verdict_rcpt));
    g_array_set_clear_func(verdict->rcpts, clear_rcpt);
    g_autofree struct weighed *weighed =
        consensus_weigh(policy, scan, &verdict->disagreements);
    struct court court = {policy, scan, weighed, verdict};
    for (unsigned i = 0; i < scan->findings->len; i++)
        if (weighed[i].kind != ASSAY_KIND_SPAM)
            worsen(&verdict->kind, weighed[i].kind);
    for (unsigned i = 0; i < rcpts->len; i++) {
        struct verdict_rcpt one = decide(&court, rcpts->pdata[i], (int32_t)i);
        sum_up(verdict, &one, i == 0);
        g_array_append_val(verdict->rcpts, one);
    }
    if (rcpts->len == 0) {
        struct verdict_rcpt one = decide(&court, NULL, FINDING_ALL_RCPTS);
        sum_up(verdict, &one, true);
        clear_rcpt(&one);
    }
    return verdict;
}

struct verdict *verdict_new_told(const struct verdict_told *told,
                                 const struct session *session)
{
    const struct because because = {.kind = ASSAY_KIND_SPAM};
    struct verdict *verdict = g_new0(struct verdict, 1);
    verdict->rcpts = g_array_new(false, false, sizeof(struct verdict_rcpt));
    g_array_set_clear_func(verdict->rcpts, clear_rcpt);
    verdict->kind = told->kind;
    verdict->action = told->action;
    verdict->scl = told->scl;
    verdict->because = because;
    verdict->because.line = g_strdup(told->line);
    for (unsigned i = 0; i < session->rcpts->len; i++) {
        struct verdict_rcpt one = {.rcpt = session->rcpts->pdata[i],
                                   .action = told->action,
                                   .scl = told->scl,
                                   .because = because};
        g_array_append_val(verdict->rcpts, one);
        g_array_index(verdict->rcpts, struct verdict_rcpt, i).because.line =
            g_strdup(told->line);
    }
    return verdict;
}

void verdict_free(struct verdict *verdict)
{
    if (verdict == NULL)
        return;
    g_array_unref(verdict->rcpts);
    g_free(verdict->because.line);
    g_free(verdict);
}
