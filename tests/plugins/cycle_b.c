/* SPDX-License-Identifier: MIT */
/* Waits for cycle_a, which waits for it. */
#include "right.h"

static const char *const reads[] = {"a.*", NULL};
static const char *const provides[] = {"b.fact", NULL};
static const struct assay_plugin plugin = {RIGHT_PLUGIN, .reads = reads,
                                           .provides = provides};
RIGHT_MODULE(plugin)
