/* SPDX-License-Identifier: MIT */
/* Wants to be asked at a stage that there is not. */
#include "right.h"

static const struct assay_plugin plugin = {RIGHT_PLUGIN,
                                           .stages = ASSAY_STAGE_BIT(30)};
RIGHT_MODULE(plugin)
