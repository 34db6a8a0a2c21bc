/* SPDX-License-Identifier: MIT */
/* Waits for cycle_b, which waits for it. */
#include "right.h"

static const char *const reads[] = {"b.fact", NULL};
static const char *const provides[] = {"a.fact", NULL};
static const struct assay_plugin plugin = {RIGHT_PLUGIN, .reads = reads,
                                           .provides = provides};
RIGHT_MODULE(plugin)
