/* SPDX-License-Identifier: MIT */
/* The default of its option is not in the option's range. */
#include "right.h"

static const struct assay_option level = {
    .struct_size = sizeof level,
    .type = ASSAY_OPTION_INT,
    .name = "level",
    .default_text = "11",
    .min = 1,
    .max = 10,
    .help = "How loud.",
};
static const struct assay_option *const options[] = {&level, NULL};
static const struct assay_plugin plugin = {RIGHT_PLUGIN, .options = options};
RIGHT_MODULE(plugin)
