/* SPDX-License-Identifier: MIT */
/* Wants its answers remembered, but cannot say what they depend on. */
#include "right.h"

static const struct assay_plugin plugin = {
    RIGHT_PLUGIN,
    .flags_optional = ASSAY_FLAG_FORK_SHARED | ASSAY_FLAG_STAMPED};
RIGHT_MODULE(plugin)
