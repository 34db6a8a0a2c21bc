/* SPDX-License-Identifier: MIT */
/* Calls the host from a thread of its own while its task is running. */
#include "right.h"

#include <pthread.h>

static void *report(void *task)
{
    right_report(task, "elsewhere", "");
    return NULL;
}

static int32_t handle(void *inst, const struct assay_task *task)
{
    pthread_t thread;
    (void)inst;
    if (pthread_create(&thread, NULL, report, (void *)task) == 0)
        pthread_join(thread, NULL);
    return right_report(task, "here", "");
}

static const struct assay_plugin plugin = {RIGHT_PLUGIN, .handle = handle};
RIGHT_MODULE(plugin)
