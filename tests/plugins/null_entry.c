/* SPDX-License-Identifier: MIT */
/* Its list holds NULL. */
#include "right.h"

static const struct assay_plugin plugin = {RIGHT_PLUGIN};
static const struct assay_plugin *const plugins[] = {&plugin, NULL};
static const struct assay_module module = {RIGHT_HEAD, .plugin_count = 2,
                                           .plugins = plugins};
RIGHT_ENTRY(module)
