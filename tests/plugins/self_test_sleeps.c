/* SPDX-License-Identifier: MIT */
/* Takes a second to prove that it works: time enough to be killed meanwhile. */
#include "bad.h"

static int32_t self_test(void *inst, struct assay_buf *err)
{
    (void)inst;
    (void)err;
    if (bad_every > 0)
        sleep(1);
    return ASSAY_RC_OK;
}

static int32_t misbehave(const struct assay_task *task)
{
    return bad_clean(task);
}

BAD_MODULE(.self_test = self_test)
