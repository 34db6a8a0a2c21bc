/* SPDX-License-Identifier: MIT */
/* Meets an assertion of its own. */
#include "bad.h"

#include <stdlib.h>

static int32_t misbehave(const struct assay_task *task)
{
    (void)task;
    abort();
}

BAD_MODULE()
