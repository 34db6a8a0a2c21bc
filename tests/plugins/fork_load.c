/* SPDX-License-Identifier: MIT */
/* Leaves a process behind that holds everything open, then crashes. */
#include "right.h"

#include <signal.h>
#include <unistd.h>

__attribute__((constructor)) static void leave_child(void)
{
    if (fork() == 0)
        for (;;)
            pause();
    raise(SIGABRT);
}

static const struct assay_plugin plugin = {RIGHT_PLUGIN};
RIGHT_MODULE(plugin)
