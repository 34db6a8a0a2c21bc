/* SPDX-License-Identifier: MIT */
/* Good, but does not say FORK_SHARED: create() runs in each worker.  Tells in which
 * process and how often it was created. */
#include "right.h"

#include <stdio.h>
#include <unistd.h>

static char line[64];

static int32_t create(const struct assay_host *given,
                      const struct assay_create *create, void **inst,
                      struct assay_buf *err)
{
    static int checks;
    if (create->mode == ASSAY_MODE_CHECK)
        checks++;
    else
        snprintf(line, sizeof line, "pid %ld after %d checks", (long)getpid(),
                 checks);
    return right_create(given, create, inst, err);
}

static int32_t handle(void *inst, const struct assay_task *task)
{
    (void)inst;
    return right_report(task, "created", line);
}

static const struct assay_plugin plugin = {RIGHT_PLUGIN, .flags_optional = 0,
                                           .create = create, .handle = handle};
RIGHT_MODULE(plugin)
