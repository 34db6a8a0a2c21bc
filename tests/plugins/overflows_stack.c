/* SPDX-License-Identifier: MIT */
/* Descends for ever, until its stack is used up. */
#include "bad.h"

static int descend(volatile char *above, int depth)
{
    volatile char here[4096];
    here[0] = above[0];
    return descend(here, depth + 1) + here[0];
}

static int32_t misbehave(const struct assay_task *task)
{
    volatile char start = 0;
    (void)task;
    return descend(&start, 0);
}

BAD_MODULE()
