/* SPDX-License-Identifier: MIT */
#include "pool/orphans.h"

#include <glib.h>

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

bool orphans_bury(pid_t zygote)
{
    bool is_none = true;
    g_autofree char *children = NULL;
    /* A kernel that does not tell them has none for us. */
    if (!g_file_get_contents("/proc/thread-self/children", &children, NULL,
                             NULL))
        return true;
    char *end = children;
    for (;;) {
        const char *at = end;
        pid_t pid = (pid_t)strtol(at, &end, 10);
        if (end == at)
            return is_none;
        if (getsid(pid) == zygote && waitpid(pid, NULL, WNOHANG) == 0)
            is_none = false;
    }
}
