/* SPDX-License-Identifier: MIT */
/* Needs more stack than a process has. */
#include "right.h"

static const struct assay_plugin plugin = {RIGHT_PLUGIN,
                                           .min_stack_kib = 64 << 20};
RIGHT_MODULE(plugin)
