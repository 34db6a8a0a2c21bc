/* SPDX-License-Identifier: MIT */
/* Says that it holds no plugin. */
#include "right.h"

static const struct assay_plugin *const plugins[] = {NULL};
static const struct assay_module module = {RIGHT_HEAD, .plugin_count = 0,
                                           .plugins = plugins};
RIGHT_ENTRY(module)
