/* SPDX-License-Identifier: MIT */
/* Two plugins in one file. */
#include "right.h"

static const struct assay_plugin one = {RIGHT_PLUGIN};
static const struct assay_plugin other = {RIGHT_PLUGIN,
                                          .id = "org.example.other"};
static const struct assay_plugin *const plugins[] = {&one, &other};
static const struct assay_module module = {RIGHT_HEAD, .plugin_count = 2,
                                           .plugins = plugins};
RIGHT_ENTRY(module)
