/* SPDX-License-Identifier: MIT */
/* Begins a child and never ends it. */
#include "right.h"

static int32_t handle(void *inst, const struct assay_task *task)
{
    struct assay_writer *writer;
    struct assay_child child = {.struct_size = sizeof child,
                                .kind = ASSAY_OBJECT_MEMBER,
                                .name = right_str("half.exe")};
    (void)inst;
    if (host->child_begin(task, &child, &writer) == ASSAY_RC_OK)
        host->child_write(writer, "half", 4);
    return ASSAY_RC_OK;
}

static const struct assay_plugin plugin = {
    RIGHT_PLUGIN, .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_OBJECT),
    .flags_optional = ASSAY_FLAG_FORK_SHARED | ASSAY_FLAG_CHILDREN,
    .handle = handle};
RIGHT_MODULE(plugin)
