/* SPDX-License-Identifier: MIT */
/* Can be created, but not be started in a worker. */
#include "right.h"

static int32_t start(void *inst, const struct assay_start *start,
                     struct assay_buf *err)
{
    (void)inst;
    (void)start;
    memcpy(err->p, "no socket", 10);
    return ASSAY_RC_IO;
}

static const struct assay_plugin plugin = {RIGHT_PLUGIN, .start = start};
RIGHT_MODULE(plugin)
