/* SPDX-License-Identifier: MIT */
/* Returns a code that has no meaning, positive, so that it looks like success. */
#include "right.h"

static int32_t handle(void *inst, const struct assay_task *task)
{
    (void)inst;
    (void)task;
    return 42;
}

static const struct assay_plugin plugin = {RIGHT_PLUGIN, .handle = handle};
RIGHT_MODULE(plugin)
