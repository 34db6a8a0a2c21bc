/* SPDX-License-Identifier: MIT */
/* The size of its finding is a lie. */
#include "right.h"

static int32_t handle(void *inst, const struct assay_task *task)
{
    struct assay_finding finding = {.struct_size = 1 << 30,
                                    .status = ASSAY_STATUS_CLEAN};
    (void)inst;
    host->report(task, task->object, &finding);
    return ASSAY_RC_OK;
}

static const struct assay_plugin plugin = {RIGHT_PLUGIN, .handle = handle};
RIGHT_MODULE(plugin)
