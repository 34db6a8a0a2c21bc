/* SPDX-License-Identifier: MIT */
/* Promises an answer for every object and gives none. */
#include "right.h"

static const struct assay_plugin plugin = {
    RIGHT_PLUGIN, .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_OBJECT),
    .flags_optional = ASSAY_FLAG_FORK_SHARED | ASSAY_FLAG_ANSWERS_ALL};
RIGHT_MODULE(plugin)
