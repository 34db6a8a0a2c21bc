/* SPDX-License-Identifier: MIT */
/* Calls the host with a task of its own making. */
#include "right.h"

static int32_t handle(void *inst, const struct assay_task *task)
{
    struct assay_task copy = *task;
    (void)inst;
    copy.stage = ASSAY_STAGE_CONNECT;
    right_report(&copy, "forged", "");
    host->fact_set(NULL, "a.b", right_str("c"));
    return ASSAY_RC_OK;
}

static const struct assay_plugin plugin = {RIGHT_PLUGIN, .handle = handle};
RIGHT_MODULE(plugin)
