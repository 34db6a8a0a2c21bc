/* SPDX-License-Identifier: MIT */
/* Waits for something that it has not asked for. */
#include "right.h"

static int32_t handle(void *inst, const struct assay_task *task)
{
    (void)inst;
    (void)task;
    return ASSAY_RC_PENDING;
}

static const struct assay_plugin plugin = {RIGHT_PLUGIN, .handle = handle};
RIGHT_MODULE(plugin)
