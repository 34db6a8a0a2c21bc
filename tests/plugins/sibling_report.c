/* SPDX-License-Identifier: MIT */
/* Asked about one object it reports about another one, of the same message. */
#include "right.h"

static int32_t handle(void *inst, const struct assay_task *task)
{
    const struct assay_object *root;
    struct assay_finding finding = {.struct_size = sizeof finding,
                                    .status = ASSAY_STATUS_FOUND,
                                    .kind = ASSAY_KIND_MALWARE,
                                    .name = right_str("Not.Asked")};
    (void)inst;
    if (host->object_by_id(task, 0, &root) == ASSAY_RC_OK)
        host->report(task, root, &finding);
    return ASSAY_RC_OK;
}

static const struct assay_plugin plugin = {
    RIGHT_PLUGIN, .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_OBJECT),
    .handle = handle};
RIGHT_MODULE(plugin)
