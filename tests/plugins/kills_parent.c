/* SPDX-License-Identifier: MIT */
/*
 * Ends who has started it.  Not to be run in the process of a test: its parent is who
 * runs the tests.
 */
#include "bad.h"

#include <signal.h>

static int32_t misbehave(const struct assay_task *task)
{
    if (getppid() > 1 && kill(getppid(), SIGKILL) == 0)
        right_report(task, "killed", "its parent");
    return bad_clean(task);
}

BAD_MODULE()
