/* SPDX-License-Identifier: MIT */
/* Has no name. */
#include "right.h"

static const struct assay_plugin plugin = {RIGHT_PLUGIN, .name = NULL};
RIGHT_MODULE(plugin)
