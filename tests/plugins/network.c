/* SPDX-License-Identifier: MIT */
/* Says that it needs the network: right in any class but main. */
#include "right.h"

static const struct assay_plugin plugin = {
    RIGHT_PLUGIN, .flags_required = ASSAY_FLAG_NETWORK};
RIGHT_MODULE(plugin)
