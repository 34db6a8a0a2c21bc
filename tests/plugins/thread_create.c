/* SPDX-License-Identifier: MIT */
/* Promises FORK_SHARED, but leaves a thread behind that a fork would lose. */
#include "right.h"

#include <pthread.h>
#include <unistd.h>

static pthread_t thread;

static void *idle(void *nothing)
{
    for (;;)
        pause();
    return nothing;
}

static int32_t create(const struct assay_host *given,
                      const struct assay_create *create, void **inst,
                      struct assay_buf *err)
{
    pthread_create(&thread, NULL, idle, NULL);
    return right_create(given, create, inst, err);
}

static void destroy(void *inst)
{
    (void)inst;
    pthread_cancel(thread);
    pthread_join(thread, NULL);
}

static const struct assay_plugin plugin = {RIGHT_PLUGIN, .create = create,
                                           .destroy = destroy};
RIGHT_MODULE(plugin)
