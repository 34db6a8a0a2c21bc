/* SPDX-License-Identifier: MIT */
/* Waits for something that it has not asked for. */
#include "bad.h"

static int32_t misbehave(const struct assay_task *task)
{
    (void)task;
    return ASSAY_RC_PENDING;
}

BAD_MODULE()
