/* SPDX-License-Identifier: MIT */
/*
 * [policy] and [policy NAME]: conditions and actions.
 */
#include "verdict/address.h"
#include "verdict/section.h"

#include <string.h>

static void take_settings(const struct section *section, bool is_base,
                          struct rule *rule)
{
    for (uint32_t kind = 1; kind < KIND_COUNT; kind++) {
        const char *key = finding_kind_name(kind);
        if (kind != ASSAY_KIND_SPAM && (is_base || section_has(section, key)))
            section_action(section, "policy", key, &rule->kinds[kind]);
    }
    if (section_has(section, "gateway_threshold"))
        section_threshold(section, "gateway_threshold",
                          &rule->gateway_threshold);
    if (section_has(section, "junk_threshold"))
        section_threshold(section, "junk_threshold", &rule->junk_threshold);
    if (section_has(section, "gateway_action"))
        section_action(section, "policy", "gateway_action",
                       &rule->gateway_action);
}

static void take_addresses(const struct section *section, struct rule *rule)
{
    if (section_has(section, "redirect_to"))
        rule->redirect_to =
            g_strdup(option_text(section->set, "redirect_to", 0));
    if (!section_has(section, "copy_to"))
        return;
    rule->copy_to = section_texts(section, "copy_to");
    if (rule->copy_to == NULL) /* nobody, and that is meant */
        rule->copy_to = g_ptr_array_new_with_free_func(g_free);
}

static void take_conditions(const struct section *section, struct rule *rule)
{
    const char *direction = option_text(section->set, "direction", 0);
    if (direction != NULL)
        rule->direction = strcmp(direction, "in") == 0 ? ASSAY_DIRECTION_IN
                                                       : ASSAY_DIRECTION_OUT;
    rule->rcpts = section_texts(section, "rcpt");
    rule->senders = section_texts(section, "sender");
    rule->plugins = section_texts(section, "plugin");
    rule->names = section_texts(section, "name");
    if (section_has(section, "min_confidence"))
        rule->min_confidence =
            (uint32_t)option_int(section->set, "min_confidence");
    if (section_has(section, "max_confidence"))
        rule->max_confidence =
            (uint32_t)option_int(section->set, "max_confidence");
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

static const char *const addresses[] = {"redirect_to", "copy_to", NULL};

static const char *first_set(const struct section *section,
                             const char *const *keys)
{
    while (*keys != NULL && !section_has(section, *keys))
        keys++;
    return *keys;
}

static const char *first_action(const struct section *section)
{
    for (uint32_t kind = 1; kind < KIND_COUNT; kind++)
        if (kind != ASSAY_KIND_SPAM &&
            section_has(section, finding_kind_name(kind)))
            return finding_kind_name(kind);
    const char *key = first_set(section, about_scl);
    return key != NULL ? key : first_set(section, addresses);
}

/* The first plugin that is named without a * and is not there. */
static const char *unknown_plugin(const struct section *section)
{
    const char *name;
    for (unsigned i = 0;
         (name = option_text(section->set, "plugin", i)) != NULL; i++)
        if (strchr(name, '*') == NULL && strcmp(name, "core") != 0 &&
            !section_names_plugin(section, name))
            return name;
    return NULL;
}

static bool is_range_empty(const struct section *section)
{
    return section_has(section, "min_confidence") &&
           section_has(section, "max_confidence") &&
           option_int(section->set, "min_confidence") >
               option_int(section->set, "max_confidence");
}

/* What a table cannot say: which options go together. */
static bool check(const struct section *section, GError **error)
{
    bool is_base = section->in_file->name == NULL;
    const char *key = first_set(section, conditions);
    if (is_base && key != NULL)
        return section_refuse(section, key,
                              ": a condition needs a section of its own, such "
                              "as [policy boss]",
                              error);
    if (!is_base && first_action(section) == NULL)
        return section_refuse(section, NULL,
                              " sets nothing: add an action such as malware = "
                              "quarantine",
                              error);
    key = first_set(section, about_scl);
    if (key != NULL && first_set(section, about_findings) != NULL)
        return section_refuse(section, key,
                              ": the SCL is of the whole mail; give it a "
                              "section without plugin, name and confidence",
                              error);
    if (is_range_empty(section))
        return section_refuse(section, "min_confidence",
                              ": is larger than max_confidence, so nothing "
                              "fits",
                              error);
    if (unknown_plugin(section) != NULL)
        return section_refuse(section, "plugin",
                              ": names something without a section "
                              "[plugin ...]",
                              error);
    return address_check_option(section->conf, section->in_file, section->set,
                                "redirect_to", error) &&
           address_check_option(section->conf, section->in_file, section->set,
                                "copy_to", error);
}

bool section_read_policy(const struct conf *conf,
                         const struct conf_section *in_file, struct rule *rule,
                         GError **error)
{
    struct section section = {.conf = conf, .in_file = in_file};
    if (!option_set_new(policy_options, conf, in_file, NULL, &section.set,
                        error))
        return false;
    bool is_good = in_file == NULL || check(&section, error);
    if (is_good) {
        take_settings(&section, in_file == NULL || in_file->name == NULL, rule);
        take_conditions(&section, rule);
        take_addresses(&section, rule);
    }
    option_set_free(section.set);
    return is_good;
}
