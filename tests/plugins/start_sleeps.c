/* SPDX-License-Identifier: MIT */
/* No worker gets through its start in good time. */
#include "bad.h"

static int32_t start(void *inst, const struct assay_start *start,
                     struct assay_buf *err)
{
    (void)inst;
    (void)start;
    (void)err;
    /* Longer than anybody waits for a start. */
    for (int i = 0; i < 3 && bad_every > 0; i++)
        bad_wait(0);
    return ASSAY_RC_OK;
}

static int32_t misbehave(const struct assay_task *task)
{
    return bad_clean(task);
}

BAD_MODULE(.start = start)
