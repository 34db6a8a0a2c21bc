/* SPDX-License-Identifier: MIT */
/* Falls asleep: uses no processor time, so only a clock ends it. */
#include "bad.h"

static int32_t misbehave(const struct assay_task *task)
{
    (void)task;
    bad_wait(0);
    return ASSAY_RC_OK;
}

BAD_MODULE()
