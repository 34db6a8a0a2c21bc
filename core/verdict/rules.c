/* SPDX-License-Identifier: MIT */
#include "verdict/rules.h"

#include <string.h>

/* Not GPatternSpec: that one steps over the end of text that is not UTF-8. */
bool rules_glob(const char *pattern, const char *text)
{
    const char *star = NULL; /* behind the last * */
    const char *retry = NULL;
    while (*text != '\0') {
        if (*pattern == '*') {
            star = ++pattern;
            retry = text;
        } else if (g_ascii_tolower(*pattern) == g_ascii_tolower(*text)) {
            pattern++;
            text++;
        } else if (star != NULL) {
            pattern = star;
            text = ++retry;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

static bool fits(const GPtrArray *patterns, const char *text)
{
    if (patterns == NULL)
        return true;
    for (unsigned i = 0; text != NULL && i < patterns->len; i++)
        if (rules_glob(patterns->pdata[i], text))
            return true;
    return false;
}

static bool fits_who(const struct rule *rule, const struct who *who)
{
    const char *sender = who->session->mail_from;
    if (sender != NULL && sender[0] == '\0')
        sender = "<>";
    return (rule->direction == 0 ||
            rule->direction == who->session->direction) &&
           fits(rule->rcpts, who->rcpt) && fits(rule->senders, sender);
}

static bool fits_finding(const struct rule *rule, const struct finding *finding)
{
    return finding->confidence >= rule->min_confidence &&
           finding->confidence <= rule->max_confidence &&
           fits(rule->plugins, finding->plugin) &&
           fits(rule->names, finding->name);
}

const struct setting *rules_kind(const struct policy *policy,
                                 const struct who *who,
                                 const struct finding *finding, uint32_t kind)
{
    for (unsigned i = policy->rules->len; i > 0; i--) {
        const struct rule *rule = policy->rules->pdata[i - 1];
        if (rule->kinds[kind].line != NULL && fits_who(rule, who) &&
            fits_finding(rule, finding))
            return &rule->kinds[kind];
    }
    g_assert_not_reached(); /* the base sets every kind */
}

void rules_scl(const struct policy *policy, const struct who *who,
               struct rules_scl *out)
{
    memset(out, 0, sizeof *out);
    for (unsigned i = 0; i < policy->rules->len; i++) {
        const struct rule *rule = policy->rules->pdata[i];
        if (!fits_who(rule, who))
            continue;
        if (rule->gateway_threshold.line != NULL)
            out->gateway_threshold = &rule->gateway_threshold;
        if (rule->gateway_action.line != NULL)
            out->gateway_action = &rule->gateway_action;
        if (rule->junk_threshold.line != NULL)
            out->junk_threshold = &rule->junk_threshold;
    }
}

static bool is_about_findings(const struct rule *rule)
{
    return rule->plugins != NULL || rule->names != NULL ||
           rule->min_confidence > 0 || rule->max_confidence < 100;
}

void rules_addresses(const struct policy *policy, const struct who *who,
                     const struct finding *finding, struct rules_addresses *out)
{
    memset(out, 0, sizeof *out);
    for (unsigned i = 0; i < policy->rules->len; i++) {
        const struct rule *rule = policy->rules->pdata[i];
        if (!fits_who(rule, who) ||
            (finding != NULL ? !fits_finding(rule, finding)
                             : is_about_findings(rule)))
            continue;
        if (rule->redirect_to != NULL)
            out->redirect_to = rule->redirect_to;
        if (rule->copy_to != NULL)
            out->copy_to = rule->copy_to;
    }
}
