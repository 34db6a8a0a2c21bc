/* SPDX-License-Identifier: MIT */
/* A function of that name that has nothing to do with Assay. */
#include "right.h"

static const struct assay_module module = {.struct_size = 32,
                                           .magic = 0x50414d};
RIGHT_ENTRY(module)
