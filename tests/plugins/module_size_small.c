/* SPDX-License-Identifier: MIT */
/* Says that its module is smaller than any that ever was. */
#include "right.h"

static const struct assay_plugin plugin = {RIGHT_PLUGIN};
static const struct assay_plugin *const plugins[] = {&plugin};
static const struct assay_module module = {RIGHT_HEAD, .struct_size = 8,
                                           .plugins = plugins};
RIGHT_ENTRY(module)
