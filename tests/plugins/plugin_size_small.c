/* SPDX-License-Identifier: MIT */
/* Says that its descriptor ends before its functions. */
#include "right.h"

static const struct assay_plugin plugin = {
    RIGHT_PLUGIN, .struct_size = offsetof(struct assay_plugin, create)};
RIGHT_MODULE(plugin)
