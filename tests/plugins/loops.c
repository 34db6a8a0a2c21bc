/* SPDX-License-Identifier: MIT */
/* Turns in circles and never asks whether it is still wanted. */
#include "bad.h"

static int32_t misbehave(const struct assay_task *task)
{
    (void)task;
    bad_wait(1);
    return ASSAY_RC_OK;
}

BAD_MODULE()
