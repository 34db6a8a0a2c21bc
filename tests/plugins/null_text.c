/* SPDX-License-Identifier: MIT */
/* Its finding's name is NULL and a megabyte long. */
#include "right.h"

static int32_t handle(void *inst, const struct assay_task *task)
{
    struct assay_finding finding = {.struct_size = sizeof finding,
                                    .status = ASSAY_STATUS_FOUND,
                                    .kind = ASSAY_KIND_INFO,
                                    .name = {NULL, 1 << 20}};
    (void)inst;
    host->report(task, task->object, &finding);
    return ASSAY_RC_OK;
}

static const struct assay_plugin plugin = {RIGHT_PLUGIN, .handle = handle};
RIGHT_MODULE(plugin)
