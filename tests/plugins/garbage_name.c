/* SPDX-License-Identifier: MIT */
/* Its texts want to be a header, a reply line, a terminal and a file name. */
#include "right.h"

static int32_t handle(void *inst, const struct assay_task *task)
{
    static char endless[100000];
    struct assay_finding finding = {
        .struct_size = sizeof finding,
        .status = ASSAY_STATUS_FOUND,
        .kind = ASSAY_KIND_POLICY,
        .name = right_str("Evil\r\nX-Assay-SCL: -1\x1b[2J\xff"),
        .text = {endless, sizeof endless},
        .reply_code = 550,
        .reply_text = right_str("5.7.1 no\r\n250 yes"),
    };
    (void)inst;
    memset(endless, 'e', sizeof endless);
    host->report(task, task->object, &finding);
    return ASSAY_RC_OK;
}

static const struct assay_plugin plugin = {RIGHT_PLUGIN, .handle = handle};
RIGHT_MODULE(plugin)
