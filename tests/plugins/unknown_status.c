/* SPDX-License-Identifier: MIT */
/* Reports something that has no meaning. */
#include "right.h"

static int32_t handle(void *inst, const struct assay_task *task)
{
    struct assay_finding finding = {.struct_size = sizeof finding,
                                    .status = 77};
    (void)inst;
    host->report(task, task->object, &finding);
    return ASSAY_RC_OK;
}

static const struct assay_plugin plugin = {RIGHT_PLUGIN, .handle = handle};
RIGHT_MODULE(plugin)
