/* SPDX-License-Identifier: MIT */
/* Nothing is wrong with this one; others borrow its entry. */
#include "right.h"

static const struct assay_plugin plugin = {RIGHT_PLUGIN};
RIGHT_MODULE(plugin)
