/* SPDX-License-Identifier: MIT */
/* Never wants to be asked. */
#include "right.h"

static const struct assay_plugin plugin = {RIGHT_PLUGIN, .stages = 0};
RIGHT_MODULE(plugin)
