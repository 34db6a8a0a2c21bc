/* SPDX-License-Identifier: MIT */
/* No worker survives its start. */
#include "right.h"

#include <signal.h>

static int32_t start(void *inst, const struct assay_start *start,
                     struct assay_buf *err)
{
    (void)inst;
    (void)start;
    (void)err;
    raise(SIGKILL);
    return ASSAY_RC_OK;
}

static const struct assay_plugin plugin = {RIGHT_PLUGIN, .start = start};
RIGHT_MODULE(plugin)
