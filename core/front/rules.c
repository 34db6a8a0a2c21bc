/* SPDX-License-Identifier: MIT */
#include "front/rules.h"

#include "mail/trust.h"

static bool read_limits(const struct conf *conf, struct limits *out,
                        GError **error)
{
    struct option_set *set = NULL;
    limits_default(out);
    if (!option_set_new(limits_options, conf, conf_find(conf, "limits", NULL),
                        NULL, &set, error))
        return false;
    limits_from_options(set, out);
    option_set_free(set);
    return true;
}

bool front_rules_read(const struct conf *conf, struct rules **out,
                      GError **error)
{
    struct rules *rules = g_new0(struct rules, 1);
    if (read_limits(conf, &rules->limits, error) &&
        trust_read(conf, &rules->networks, error) &&
        policy_new(conf, &rules->policy, error) &&
        outcome_options_read(conf, &rules->outcome, error) &&
        stamp_options_read(conf, &rules->stamp, error) &&
        marks_options_read(conf, &rules->marks, error)) {
        rules->marks.stamp = &rules->stamp;
        *out = rules;
        return true;
    }
    front_rules_free(rules);
    return false;
}

void front_rules_free(struct rules *rules)
{
    if (rules == NULL)
        return;
    marks_options_clear(&rules->marks);
    stamp_options_clear(&rules->stamp);
    outcome_options_clear(&rules->outcome);
    g_clear_pointer(&rules->policy, policy_free);
    g_clear_pointer(&rules->networks, g_array_unref);
    g_free(rules);
}

void front_rules_find_direction(const struct rules *rules,
                                struct session *session)
{
    session->is_trusted = session->is_trusted ||
                          (session->client_ip != NULL &&
                           trust_holds(rules->networks, session->client_ip));
    session->direction =
        session->is_trusted ? ASSAY_DIRECTION_OUT : ASSAY_DIRECTION_IN;
}
