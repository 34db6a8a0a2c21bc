/* SPDX-License-Identifier: MIT */
/* Its name points nowhere. */
#include "right.h"

static const struct assay_plugin plugin = {RIGHT_PLUGIN,
                                           .vendor = (const char *)16};
RIGHT_MODULE(plugin)
