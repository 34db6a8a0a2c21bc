/* SPDX-License-Identifier: MIT */
#include "verdict/policy.h"

#include "base/error.h"
#include "verdict/rules.h"
#include "verdict/section.h"

#include <string.h>

static struct rule *rule_new(void)
{
    struct rule *rule = g_new0(struct rule, 1);
    rule->max_confidence = 100;
    return rule;
}

static void free_patterns(GPtrArray *patterns)
{
    if (patterns != NULL)
        g_ptr_array_unref(patterns);
}

static void rule_free(void *p)
{
    struct rule *rule = p;
    free_patterns(rule->rcpts);
    free_patterns(rule->senders);
    free_patterns(rule->plugins);
    free_patterns(rule->names);
    for (size_t i = 0; i < KIND_COUNT; i++)
        g_free(rule->kinds[i].line);
    g_free(rule->gateway_threshold.line);
    g_free(rule->gateway_action.line);
    g_free(rule->junk_threshold.line);
    g_free(rule->redirect_to);
    free_patterns(rule->copy_to);
    g_free(rule);
}

static void clear_weight(void *p)
{
    struct engine_weight *weight = p;
    g_free(weight->name);
}

static bool read_named(const struct conf *conf, struct policy *policy,
                       GError **error)
{
    for (unsigned i = 0; i < conf->sections->len; i++) {
        const struct conf_section *section = conf->sections->pdata[i];
        if (strcmp(section->kind, "policy") != 0 || section->name == NULL)
            continue;
        struct rule *rule = rule_new();
        g_ptr_array_add(policy->rules, rule);
        if (!section_read_policy(conf, section, rule, error))
            return false;
    }
    return true;
}

/* The setting of that rule that redirects, or NULL. */
static const struct setting *redirects(const struct rule *rule)
{
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (rule->kinds[i].line != NULL &&
            rule->kinds[i].value == ASSAY_ACTION_REDIRECT)
            return &rule->kinds[i];
    return rule->gateway_action.line != NULL &&
                   rule->gateway_action.value == ASSAY_ACTION_REDIRECT
               ? &rule->gateway_action
               : NULL;
}

/* Does [actions] name an address?  Its reader says whether that is one. */
static bool has_general_address(const struct conf *conf)
{
    const struct conf_section *section =
        conf != NULL ? conf_find(conf, "actions", NULL) : NULL;
    for (unsigned i = 0; section != NULL && i < section->entries->len; i++) {
        const struct conf_entry *entry = section->entries->pdata[i];
        if (strcmp(entry->key, "redirect_to") == 0)
            return true;
    }
    return false;
}

static bool check_redirects(const struct conf *conf,
                            const struct policy *policy, GError **error)
{
    const struct rule *base = policy->rules->pdata[0];
    if (base->redirect_to != NULL || has_general_address(conf))
        return true;
    for (unsigned i = 0; i < policy->rules->len; i++) {
        const struct rule *rule = policy->rules->pdata[i];
        const struct setting *setting = redirects(rule);
        if (setting == NULL || rule->redirect_to != NULL)
            continue;
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONF,
                    "%s: needs an address: set redirect_to in this section, in "
                    "[policy] or in [actions]",
                    setting->line);
        return false;
    }
    return true;
}

bool policy_new(const struct conf *conf, struct policy **out, GError **error)
{
    struct policy *policy = g_new0(struct policy, 1);
    policy->rules = g_ptr_array_new_with_free_func(rule_free);
    policy->weights = g_array_new(false, false, sizeof(struct engine_weight));
    g_array_set_clear_func(policy->weights, clear_weight);
    policy->veto = g_ptr_array_new_with_free_func(g_free);
    struct rule *base = rule_new();
    g_ptr_array_add(policy->rules, base);
    const struct conf_section *section =
        conf != NULL ? conf_find(conf, "policy", NULL) : NULL;
    /* [verdict] first: the thresholds of [policy] replace its. */
    if (!section_read_verdict(conf, policy, error) ||
        !section_read_policy(conf, section, base, error) ||
        (conf != NULL && !read_named(conf, policy, error)) ||
        !check_redirects(conf, policy, error)) {
        policy_free(policy);
        return false;
    }
    *out = policy;
    return true;
}

void policy_free(struct policy *policy)
{
    if (policy == NULL)
        return;
    g_ptr_array_unref(policy->rules);
    g_array_unref(policy->weights);
    g_ptr_array_unref(policy->veto);
    g_free(policy->trusted_line);
    g_free(policy);
}
