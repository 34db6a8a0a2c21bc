/* SPDX-License-Identifier: MIT */
/* Its option has the name of one of the host's keys. */
#include "right.h"

static const struct assay_option file = {
    .struct_size = sizeof file,
    .type = ASSAY_OPTION_TEXT,
    .name = "file",
    .help = "Which file.",
};
static const struct assay_option *const options[] = {&file, NULL};
static const struct assay_plugin plugin = {RIGHT_PLUGIN, .options = options};
RIGHT_MODULE(plugin)
