/* SPDX-License-Identifier: MIT */
/* Publishes a fact that it has not announced. */
#include "right.h"

static int32_t handle(void *inst, const struct assay_task *task)
{
    (void)inst;
    host->fact_set(task, "auth.spf", right_str("pass"));
    return ASSAY_RC_OK;
}

static const struct assay_plugin plugin = {RIGHT_PLUGIN, .handle = handle};
RIGHT_MODULE(plugin)
