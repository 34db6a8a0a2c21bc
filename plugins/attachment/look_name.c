/* SPDX-License-Identifier: MIT */
#include "look.h"

#include <string.h>

enum {
    MAX_NAMES = 32
};

/* A blocked extension that the name tries to hide. */
static void check_disguise(struct look *look, const struct name *name,
                           const struct name_ext *ext,
                           const struct rules_hit *hit)
{
    uint32_t hiding = name->tricks & ~(uint32_t)(NAME_ILLEGAL | NAME_TRAILING);

    if (hiding != 0)
        tell_deceptive(look, "the name hides its extension with ",
                       name_trick(hiding), "");
    else if (name_has_decoy(name, ext))
        tell_deceptive(look, "the name ends like a document, then in .",
                       hit->value, ", which is what a client acts on");
}

static void check_ext(struct look *look, const struct name *name,
                      const struct name_ext *ext)
{
    const struct rules *rules = &look->self->rules;
    struct assay_str value = {.p = ext->p, .n = ext->n};
    struct rules_hit hit;

    if (rules_find(rules, LEVEL_BLOCK, RULE_EXT, value, &hit)) {
        bool is_pattern = hit.ref->kind == RULE_NAME;
        check_disguise(look, name, ext, &hit);
        look_set_block(
            look, is_pattern ? "attachment.name" : "attachment.level1", &hit);
    }
    if (rules_find(rules, LEVEL_ALLOW, RULE_EXT, value, &hit))
        look->is_allowed = true;
    if (!look->has_save &&
        rules_find(rules, LEVEL_SAVE, RULE_EXT, value, &look->save))
        look->has_save = true;
}

static void check_name(struct look *look, struct assay_str raw)
{
    const struct rules *rules = &look->self->rules;
    struct name name;
    struct name_ext ext = {0};
    struct rules_hit hit;
    struct rules_hit macro;
    bool is_macro = false;

    name_read(&name, rules->locale, raw.p, raw.n);
    look->file.name = &name;
    if ((name.tricks & (NAME_OVERRIDE | NAME_CLASS_ID)) != 0)
        tell_deceptive(look, "the name has ", name_trick(name.tricks), "");
    while (name_next_ext(&name, &ext)) {
        struct assay_str value = {.p = ext.p, .n = ext.n};
        check_ext(look, &name, &ext);
        is_macro =
            is_macro || rules_find(rules, LEVEL_MACRO, RULE_EXT, value, &macro);
    }
    if (rules_find_name(rules, LEVEL_BLOCK, &look->file, &hit))
        look_set_block(look, "attachment.name", &hit);
    if (rules_find_name(rules, LEVEL_ALLOW, &look->file, &hit))
        look->is_allowed = true;
    if (!look->has_save &&
        rules_find_name(rules, LEVEL_SAVE, &look->file, &look->save))
        look->has_save = true;
    if (is_macro || rules_find_name(rules, LEVEL_MACRO, &look->file, &macro))
        tell_macro_rule(look, &macro);
    look->file.name = NULL;
}

/* Every name, and where a raw one has a NUL also what stood before and behind it. */
void look_at_names(struct look *look)
{
    const struct assay_host *host = look->self->host;
    struct assay_str value;

    for (uint32_t i = 0; i < MAX_NAMES; i++) {
        if (host->attr_str(look->task, look->task->object, ASSAY_ATTR_NAME, i,
                           &value) != ASSAY_RC_OK)
            break;
        look->is_named = true;
        check_name(look, value);
        if (host->attr_str(look->task, look->task->object, ASSAY_ATTR_NAME_RAW,
                           i, &value) == ASSAY_RC_OK &&
            value.n > 0 && memchr(value.p, '\0', value.n) != NULL)
            check_name(look, value);
    }
}
