/* SPDX-License-Identifier: MIT */
/* Follows a pointer that leads nowhere. */
#include "bad.h"

static int32_t misbehave(const struct assay_task *task)
{
    (void)task;
    volatile int *volatile nowhere = (volatile int *)16;
    *nowhere = 1;
    return ASSAY_RC_OK;
}

BAD_MODULE()
