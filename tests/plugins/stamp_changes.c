/* SPDX-License-Identifier: MIT */
/* Gives another stamp each time. */
#include "right.h"

static int32_t stamp(void *inst, struct assay_stamp *out)
{
    static uint64_t calls;
    (void)inst;
    memcpy(out->engine, "1", 2);
    out->signatures = ++calls;
    return ASSAY_RC_OK;
}

static const struct assay_plugin plugin = {RIGHT_PLUGIN, .stamp = stamp};
RIGHT_MODULE(plugin)
