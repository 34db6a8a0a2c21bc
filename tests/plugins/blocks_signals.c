/* SPDX-License-Identifier: MIT */
/* Will hear nothing any more, and does not come back. */
#include "bad.h"

#include <signal.h>

static int32_t misbehave(const struct assay_task *task)
{
    sigset_t all;
    (void)task;
    for (int i = 1; i < NSIG; i++)
        signal(i, SIG_IGN);
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    bad_wait(1);
    return ASSAY_RC_OK;
}

BAD_MODULE()
