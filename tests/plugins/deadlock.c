/* SPDX-License-Identifier: MIT */
/* Takes a lock that it holds already. */
#include "bad.h"

#include <pthread.h>

static int32_t misbehave(const struct assay_task *task)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    struct timespec end;
    (void)task;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += BAD_ENDLESS_S;
    pthread_mutex_timedlock(&lock, &end);
    pthread_mutex_timedlock(&lock, &end);
    return ASSAY_RC_OK;
}

BAD_MODULE()
