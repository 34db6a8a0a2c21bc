/* SPDX-License-Identifier: MIT */
/* Starts threads, though it never said that it would: 2,000 at most. */
#include "bad.h"

#include <pthread.h>

enum {
    THREADS = 2000
};

static void *idle(void *nothing)
{
    sleep(BAD_CHILD_S);
    return nothing;
}

static int32_t misbehave(const struct assay_task *task)
{
    (void)task;
    for (int i = 0; i < THREADS; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, idle, NULL) == 0)
            pthread_detach(thread);
    }
    return ASSAY_RC_OK;
}

BAD_MODULE()
