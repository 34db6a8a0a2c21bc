/* SPDX-License-Identifier: MIT */
/* Does not survive the proof that it works. */
#include "bad.h"

#include <signal.h>

static int32_t self_test(void *inst, struct assay_buf *err)
{
    (void)inst;
    (void)err;
    if (bad_every > 0)
        raise(SIGSEGV);
    return ASSAY_RC_OK;
}

static int32_t misbehave(const struct assay_task *task)
{
    return bad_clean(task);
}

BAD_MODULE(.self_test = self_test)
