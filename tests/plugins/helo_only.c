/* SPDX-License-Identifier: MIT */
/* Wants to see what the client says at HELO, tells it, and nothing else. */
#include "right.h"

static int32_t handle(void *inst, const struct assay_task *task)
{
    (void)inst;
    return right_report(task, "helo", "");
}

static const struct assay_plugin plugin = {
    RIGHT_PLUGIN, .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_HELO),
    .handle = handle};
RIGHT_MODULE(plugin)
