/* SPDX-License-Identifier: MIT */
/* Does not let go: its worker never comes to an end by itself. */
#include "bad.h"

static void stop(void *inst)
{
    (void)inst;
    if (bad_every > 0)
        bad_wait(0);
}

static int32_t misbehave(const struct assay_task *task)
{
    return bad_clean(task);
}

BAD_MODULE(.stop = stop)
