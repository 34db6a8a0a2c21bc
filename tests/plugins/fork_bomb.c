/* SPDX-License-Identifier: MIT */
/* Doubles itself: 2,000 processes at most, each in a session of its own. */
#include "bad.h"

#include <signal.h>
#include <stdlib.h>

enum {
    DOUBLINGS = 4,
    FORKS = 125
};

static int32_t misbehave(const struct assay_task *task)
{
    (void)task;
    for (int i = 0; i < FORKS; i++) {
        if (fork() != 0)
            continue;
        alarm(BAD_CHILD_S);
        signal(SIGALRM, SIG_DFL);
        signal(SIGHUP, SIG_IGN);
        setsid();
        for (int k = 0; k < DOUBLINGS; k++)
            if (fork() == 0)
                alarm(BAD_CHILD_S);
        for (;;)
            pause();
    }
    return ASSAY_RC_OK;
}

BAD_MODULE()
