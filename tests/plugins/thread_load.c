/* SPDX-License-Identifier: MIT */
/* Starts a thread while it is loaded. */
#include "right.h"

#include <pthread.h>
#include <unistd.h>

static void *idle(void *nothing)
{
    for (;;)
        pause();
    return nothing;
}

__attribute__((constructor)) static void start_thread(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, idle, NULL);
}

static const struct assay_plugin plugin = {RIGHT_PLUGIN};
RIGHT_MODULE(plugin)
