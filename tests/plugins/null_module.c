/* SPDX-License-Identifier: MIT */
/* The entry returns nothing. */
#include "right.h"

const struct assay_module *assay_plugin_v1(void)
{
    return NULL;
}
