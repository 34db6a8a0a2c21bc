/* SPDX-License-Identifier: MIT */
/* Requires something that this host has never heard of. */
#include "right.h"

static const struct assay_plugin plugin = {RIGHT_PLUGIN,
                                           .flags_required = (uint64_t)1 << 40};
RIGHT_MODULE(plugin)
