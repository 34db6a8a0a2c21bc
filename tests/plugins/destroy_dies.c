/* SPDX-License-Identifier: MIT */
/* Cannot be put away: crashes when all is done. */
#include "bad.h"

#include <signal.h>

static void destroy(void *inst)
{
    (void)inst;
    if (bad_every > 0)
        raise(SIGSEGV);
}

static int32_t misbehave(const struct assay_task *task)
{
    return bad_clean(task);
}

BAD_MODULE(.destroy = destroy)
