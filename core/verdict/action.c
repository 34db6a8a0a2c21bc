/* SPDX-License-Identifier: MIT */
#include "scan/finding.h"
#include "verdict/verdict.h"

#include <string.h>

/* Indexed by ASSAY_ACTION_*: the ABI counts them up in strictness. */
static const char *const actions[] = {
    [ASSAY_ACTION_NONE] = "none",
    [ASSAY_ACTION_ACCEPT] = "accept",
    [ASSAY_ACTION_TAG] = "tag",
    [ASSAY_ACTION_JUNK] = "junk",
    [ASSAY_ACTION_STRIP] = "strip",
    [ASSAY_ACTION_REDIRECT] = "redirect",
    [ASSAY_ACTION_QUARANTINE] = "quarantine",
    [ASSAY_ACTION_DEFER] = "defer",
    [ASSAY_ACTION_REJECT] = "reject",
    [ASSAY_ACTION_DISCARD] = "discard",
};

const char *verdict_action_name(uint32_t action)
{
    g_assert(action < G_N_ELEMENTS(actions));
    return actions[action];
}

uint32_t verdict_action_by_name(const char *name)
{
    for (uint32_t action = 0; action < G_N_ELEMENTS(actions); action++)
        if (strcmp(name, actions[action]) == 0)
            return action;
    return ASSAY_ACTION_NONE;
}

bool verdict_is_stricter(uint32_t a, uint32_t b)
{
    return a > b;
}

unsigned verdict_kind_rank(uint32_t kind)
{
    return finding_kind_rank(kind);
}
