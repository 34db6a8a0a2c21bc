/* SPDX-License-Identifier: MIT */
/* Cannot be asked. */
#include "right.h"

static const struct assay_plugin plugin = {RIGHT_PLUGIN, .handle = NULL};
RIGHT_MODULE(plugin)
