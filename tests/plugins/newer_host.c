/* SPDX-License-Identifier: MIT */
/* Needs a host that has not been written yet. */
#include "right.h"

static const struct assay_plugin plugin = {RIGHT_PLUGIN};
static const struct assay_plugin *const plugins[] = {&plugin};
static const struct assay_module module = {
    RIGHT_HEAD, .abi_minor = 9, .min_host_minor = 9, .plugins = plugins};
RIGHT_ENTRY(module)
