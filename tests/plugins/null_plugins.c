/* SPDX-License-Identifier: MIT */
/* Says that it holds a plugin, but gives no list. */
#include "right.h"

static const struct assay_module module = {RIGHT_HEAD};
RIGHT_ENTRY(module)
