/* SPDX-License-Identifier: MIT */
/* Built for another major of the ABI. */
#include "right.h"

static const struct assay_plugin plugin = {RIGHT_PLUGIN};
static const struct assay_plugin *const plugins[] = {&plugin};
static const struct assay_module module = {RIGHT_HEAD, .abi_major = 2,
                                           .plugins = plugins};
RIGHT_ENTRY(module)
