/* SPDX-License-Identifier: MIT */
/* No worker survives its start. */
#include "bad.h"

#include <signal.h>

static int32_t start(void *inst, const struct assay_start *start,
                     struct assay_buf *err)
{
    (void)inst;
    (void)start;
    (void)err;
    if (bad_every > 0)
        raise(SIGKILL);
    return ASSAY_RC_OK;
}

static int32_t misbehave(const struct assay_task *task)
{
    return bad_clean(task);
}

BAD_MODULE(.start = start)
