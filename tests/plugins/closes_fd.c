/* SPDX-License-Identifier: MIT */
/* Closes the descriptor that it was lent, and opens something else in its place. */
#include "right.h"

#include <fcntl.h>
#include <unistd.h>

static int32_t handle(void *inst, const struct assay_task *task)
{
    int32_t fd;
    (void)inst;
    if (host->content_fd(task, task->object, &fd) == ASSAY_RC_OK) {
        close(fd);
        open("/dev/null", O_RDONLY);
    }
    return ASSAY_RC_OK;
}

static const struct assay_plugin plugin = {RIGHT_PLUGIN, .handle = handle};
RIGHT_MODULE(plugin)
