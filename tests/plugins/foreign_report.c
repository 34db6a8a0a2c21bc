/* SPDX-License-Identifier: MIT */
/* Reports about an object that is none: its own memory. */
#include "right.h"

static int32_t handle(void *inst, const struct assay_task *task)
{
    static const uint64_t memory[32];
    struct assay_finding finding = {.struct_size = sizeof finding,
                                    .status = ASSAY_STATUS_FOUND,
                                    .kind = ASSAY_KIND_MALWARE,
                                    .name = right_str("Not.Yours")};
    (void)inst;
    host->report(task, (const struct assay_object *)memory, &finding);
    return ASSAY_RC_OK;
}

static const struct assay_plugin plugin = {RIGHT_PLUGIN, .handle = handle};
RIGHT_MODULE(plugin)
