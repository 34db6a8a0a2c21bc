/* SPDX-License-Identifier: MIT */
/* Writes to a child that it has committed. */
#include "right.h"

static int32_t handle(void *inst, const struct assay_task *task)
{
    struct assay_writer *writer;
    struct assay_child child = {.struct_size = sizeof child,
                                .kind = ASSAY_OBJECT_MEMBER,
                                .name = right_str("whole.txt")};
    (void)inst;
    if (host->child_begin(task, &child, &writer) != ASSAY_RC_OK)
        return ASSAY_RC_OK;
    host->child_write(writer, "whole", 5);
    host->child_commit(writer, NULL);
    host->child_write(writer, "more", 4);
    host->child_commit(writer, NULL);
    host->child_abort(writer);
    return ASSAY_RC_OK;
}

static const struct assay_plugin plugin = {
    RIGHT_PLUGIN, .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_OBJECT),
    .flags_optional = ASSAY_FLAG_FORK_SHARED | ASSAY_FLAG_CHILDREN,
    .handle = handle};
RIGHT_MODULE(plugin)
