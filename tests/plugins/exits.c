/* SPDX-License-Identifier: MIT */
/* Thinks that it is a program, and that it has succeeded. */
#include "bad.h"

#include <stdlib.h>

static int32_t misbehave(const struct assay_task *task)
{
    (void)task;
    exit(0);
}

BAD_MODULE()
