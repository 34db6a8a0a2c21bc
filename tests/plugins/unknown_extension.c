/* SPDX-License-Identifier: MIT */
/* Requires an extension of another product. */
#include "right.h"

static const char *const extensions[] = {"com.example.telepathy/1", NULL};
static const struct assay_plugin plugin = {RIGHT_PLUGIN,
                                           .requires_ext = extensions};
RIGHT_MODULE(plugin)
