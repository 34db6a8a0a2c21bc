/* SPDX-License-Identifier: MIT */
#include "verdict/policy.h"

#include "base/error.h"
#include "verdict/rules.h"
#include "verdict/scl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    WEIGHT_MAX = 1000
};

/* One section being read. */
struct reader {
    const struct conf *conf;
    const struct conf_section *section; /* NULL: it is not in the file */
    struct option_set *set;
};

static bool refuse(const struct reader *reader, const char *key,
                   const char *what, GError **error)
{
    unsigned line =
        key != NULL ? option_line(reader->set, key) : reader->section->line;
    g_set_error(error, BASE_ERROR, BASE_ERROR_CONF, "%s:%u: [%s]%s%s%s",
                reader->conf->path, line, reader->section->label,
                key != NULL ? " " : "", key != NULL ? key : "", what);
    return false;
}

static bool is_set(const struct reader *reader, const char *key)
{
    return option_line(reader->set, key) > 0;
}

/* "plugins.conf:31: [policy] malware = reject" or "default: ...". */
static char *line_of(const struct reader *reader, const char *label,
                     const char *key)
{
    const char *value = option_text(reader->set, key, 0);
    if (!is_set(reader, key))
        return g_strdup_printf("default: [%s] %s = %s", label, key, value);
    return g_strdup_printf("%s:%u: [%s] %s = %s", reader->conf->path,
                           option_line(reader->set, key),
                           reader->section->label, key, value);
}

static void take_threshold(const struct reader *reader, const char *key,
                           struct setting *out)
{
    g_free(out->line);
    out->line = line_of(reader, "verdict", key);
    out->value = (uint32_t)option_int(reader->set, key);
}

static void take_action(const struct reader *reader, const char *label,
                        const char *key, struct setting *out)
{
    const char *text = option_text(reader->set, key, 0);
    g_free(out->line);
    out->line = line_of(reader, label, key);
    out->value = strcmp(text, "advice") == 0 ? ACTION_ADVICE
                                             : verdict_action_by_name(text);
}

static GPtrArray *take_patterns(const struct reader *reader, const char *key)
{
    unsigned n = option_count(reader->set, key);
    if (n == 0)
        return NULL;
    GPtrArray *patterns = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = 0; i < n; i++)
        g_ptr_array_add(patterns, g_strdup(option_text(reader->set, key, i)));
    return patterns;
}

static void take_settings(const struct reader *reader, bool is_base,
                          struct rule *rule)
{
    for (uint32_t kind = 1; kind < KIND_COUNT; kind++) {
        const char *key = finding_kind_name(kind);
        if (kind != ASSAY_KIND_SPAM && (is_base || is_set(reader, key)))
            take_action(reader, "policy", key, &rule->kinds[kind]);
    }
    if (is_set(reader, "gateway_threshold"))
        take_threshold(reader, "gateway_threshold", &rule->gateway_threshold);
    if (is_set(reader, "junk_threshold"))
        take_threshold(reader, "junk_threshold", &rule->junk_threshold);
    if (is_set(reader, "gateway_action"))
        take_action(reader, "policy", "gateway_action", &rule->gateway_action);
}

static void take_conditions(const struct reader *reader, struct rule *rule)
{
    const char *direction = option_text(reader->set, "direction", 0);
    if (direction != NULL)
        rule->direction = strcmp(direction, "in") == 0 ? ASSAY_DIRECTION_IN
                                                       : ASSAY_DIRECTION_OUT;
    rule->rcpts = take_patterns(reader, "rcpt");
    rule->senders = take_patterns(reader, "sender");
    rule->plugins = take_patterns(reader, "plugin");
    rule->names = take_patterns(reader, "name");
    if (is_set(reader, "min_confidence"))
        rule->min_confidence =
            (uint32_t)option_int(reader->set, "min_confidence");
    if (is_set(reader, "max_confidence"))
        rule->max_confidence =
            (uint32_t)option_int(reader->set, "max_confidence");
}

static const char *const conditions[] = {
    "direction", "rcpt",           "sender",         "plugin",
    "name",      "min_confidence", "max_confidence", NULL,
};

static const char *const about_findings[] = {
    "plugin", "name", "min_confidence", "max_confidence", NULL,
};

static const char *const about_scl[] = {
    "gateway_threshold",
    "gateway_action",
    "junk_threshold",
    NULL,
};

static const char *first_set(const struct reader *reader,
                             const char *const *keys)
{
    while (*keys != NULL && !is_set(reader, *keys))
        keys++;
    return *keys;
}

static const char *first_action(const struct reader *reader)
{
    for (uint32_t kind = 1; kind < KIND_COUNT; kind++)
        if (kind != ASSAY_KIND_SPAM && is_set(reader, finding_kind_name(kind)))
            return finding_kind_name(kind);
    return first_set(reader, about_scl);
}

/* What a table cannot say: which options go together. */
static bool check(const struct reader *reader, GError **error)
{
    bool is_base = reader->section->name == NULL;
    const char *condition = first_set(reader, conditions);
    if (is_base && condition != NULL)
        return refuse(reader, condition,
                      ": a condition needs a section of its own, such as "
                      "[policy boss]",
                      error);
    if (!is_base && first_action(reader) == NULL)
        return refuse(reader, NULL,
                      " sets nothing: add an action such as malware = "
                      "quarantine",
                      error);
    const char *scl = first_set(reader, about_scl);
    if (scl != NULL && first_set(reader, about_findings) != NULL)
        return refuse(reader, scl,
                      ": the SCL is of the whole mail; give it a section "
                      "without plugin, name and confidence",
                      error);
    if (is_set(reader, "min_confidence") && is_set(reader, "max_confidence") &&
        option_int(reader->set, "min_confidence") >
            option_int(reader->set, "max_confidence"))
        return refuse(reader, "min_confidence",
                      ": is larger than max_confidence, so nothing fits",
                      error);
    return true;
}

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
    g_free(rule);
}

/* One section into `rule`; section NULL: the defaults of the base. */
static bool read_rule(const struct conf *conf,
                      const struct conf_section *section, struct rule *rule,
                      GError **error)
{
    struct reader reader = {.conf = conf, .section = section};
    if (!option_set_new(policy_options, conf, section, NULL, &reader.set,
                        error))
        return false;
    bool is_good = section == NULL || check(&reader, error);
    if (is_good) {
        take_settings(&reader, section == NULL || section->name == NULL, rule);
        take_conditions(&reader, rule);
    }
    option_set_free(reader.set);
    return is_good;
}

/* Is there a plugin of that name to be named here? */
static bool is_plugin(const struct reader *reader, const char *name)
{
    return reader->conf == NULL ||
           conf_find(reader->conf, "plugin", name) != NULL;
}

static void clear_weight(void *p)
{
    struct engine_weight *weight = p;
    g_free(weight->name);
}

/* "clamav:3". */
static bool take_weight(const struct reader *reader, struct policy *policy,
                        const char *text)
{
    const char *colon = strrchr(text, ':');
    if (colon == NULL || colon == text)
        return false;
    char *end;
    errno = 0;
    long number = strtol(colon + 1, &end, 10);
    struct engine_weight weight = {g_strndup(text, (size_t)(colon - text)),
                                   (uint32_t)number};
    g_array_append_val(policy->weights, weight);
    return end != colon + 1 && *end == '\0' && errno == 0 && number >= 0 &&
           number <= WEIGHT_MAX && is_plugin(reader, weight.name);
}

static bool take_engines(const struct reader *reader, struct policy *policy,
                         GError **error)
{
    const struct option_set *set = reader->set;
    for (unsigned i = 0; i < option_count(set, "veto"); i++) {
        const char *name = option_text(set, "veto", i);
        if (!is_plugin(reader, name))
            return refuse(reader, "veto",
                          ": names something without a section [plugin ...]",
                          error);
        g_ptr_array_add(policy->veto, g_strdup(name));
    }
    for (unsigned i = 0; i < option_count(set, "weights"); i++)
        if (!take_weight(reader, policy, option_text(set, "weights", i)))
            return refuse(reader, "weights",
                          ": write plugin:weight with the name of a section "
                          "[plugin ...] and a weight from 0 to 1000",
                          error);
    return true;
}

static bool take_verdict(const struct reader *reader, struct policy *policy,
                         GError **error)
{
    struct rule *base = policy->rules->pdata[0];
    const struct option_set *set = reader->set;
    take_threshold(reader, "gateway_threshold", &base->gateway_threshold);
    take_threshold(reader, "junk_threshold", &base->junk_threshold);
    take_action(reader, "verdict", "gateway_action", &base->gateway_action);
    policy->prior_milli = scl_log_odds((unsigned)option_int(set, "prior"));
    policy->rates_trusted = option_int(set, "rate_trusted") != 0;
    policy->malware_confidence =
        (uint32_t)option_int(set, "malware_confidence");
    policy->consensus = (enum consensus)option_int(set, "consensus");
    policy->bias = (enum bias)option_int(set, "bias");
    policy->engines_needed = (uint32_t)option_int(set, "engines_needed");
    return take_engines(reader, policy, error);
}

static bool read_verdict(const struct conf *conf, struct policy *policy,
                         GError **error)
{
    struct reader reader = {.conf = conf};
    if (conf != NULL)
        reader.section = conf_find(conf, "verdict", NULL);
    if (!option_set_new(verdict_options, conf, reader.section, NULL,
                        &reader.set, error))
        return false;
    bool is_good = take_verdict(&reader, policy, error);
    option_set_free(reader.set);
    return is_good;
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
        if (!read_rule(conf, section, rule, error))
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
    if (!read_verdict(conf, policy, error) ||
        !read_rule(conf, section, base, error) ||
        (conf != NULL && !read_named(conf, policy, error))) {
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
    g_free(policy);
}
