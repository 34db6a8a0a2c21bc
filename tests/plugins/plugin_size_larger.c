/* SPDX-License-Identifier: MIT */
/* Says that its descriptor is larger than it is, as one of a later minor would be:
 * the host must not read more than it knows. */
#include "right.h"

static const struct assay_plugin plugin = {RIGHT_PLUGIN, .struct_size = 4000};
RIGHT_MODULE(plugin)
