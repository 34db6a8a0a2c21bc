/* SPDX-License-Identifier: MIT */
/* Wants a type that no object will ever have. */
#include "right.h"

static const char *const types[] = {"*/*", NULL};
static const struct assay_wants wants = {.struct_size = sizeof wants,
                                         .types = types};
static const struct assay_plugin plugin = {RIGHT_PLUGIN, .wants = &wants};
RIGHT_MODULE(plugin)
