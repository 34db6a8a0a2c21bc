/* SPDX-License-Identifier: MIT */
/*
 * [verdict]: prior, thresholds, and how several engines agree.
 */
#include "verdict/scl.h"
#include "verdict/section.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    WEIGHT_MAX = 1000
};

/* "clamav:3". */
static bool take_weight(const struct section *section, struct policy *policy,
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
           number <= WEIGHT_MAX && section_names_plugin(section, weight.name);
}

static bool take_engines(const struct section *section, struct policy *policy,
                         GError **error)
{
    const struct option_set *set = section->set;
    for (unsigned i = 0; i < option_count(set, "veto"); i++) {
        const char *name = option_text(set, "veto", i);
        if (!section_names_plugin(section, name))
            return section_refuse(
                section, "veto",
                ": names something without a section [plugin ...]", error);
        g_ptr_array_add(policy->veto, g_strdup(name));
    }
    for (unsigned i = 0; i < option_count(set, "weights"); i++)
        if (!take_weight(section, policy, option_text(set, "weights", i)))
            return section_refuse(
                section, "weights",
                ": write plugin:weight with the name of a section "
                "[plugin ...] and a weight from 0 to 1000",
                error);
    return true;
}

static bool take_verdict(const struct section *section, struct policy *policy,
                         GError **error)
{
    struct rule *base = policy->rules->pdata[0];
    const struct option_set *set = section->set;
    section_threshold(section, "gateway_threshold", &base->gateway_threshold);
    section_threshold(section, "junk_threshold", &base->junk_threshold);
    section_action(section, "verdict", "gateway_action", &base->gateway_action);
    policy->prior_milli = scl_log_odds((unsigned)option_int(set, "prior"));
    policy->rates_trusted = option_int(set, "rate_trusted") != 0;
    policy->trusted_line = section_line(section, "verdict", "rate_trusted");
    policy->malware_confidence =
        (uint32_t)option_int(set, "malware_confidence");
    policy->consensus = (enum consensus)option_int(set, "consensus");
    policy->bias = (enum bias)option_int(set, "bias");
    policy->engines_needed = (uint32_t)option_int(set, "engines_needed");
    return take_engines(section, policy, error);
}

bool section_read_verdict(const struct conf *conf, struct policy *policy,
                          GError **error)
{
    struct section section = {.conf = conf};
    if (conf != NULL)
        section.in_file = conf_find(conf, "verdict", NULL);
    if (!option_set_new(verdict_options, conf, section.in_file, NULL,
                        &section.set, error))
        return false;
    bool is_good = take_verdict(&section, policy, error);
    option_set_free(section.set);
    return is_good;
}
