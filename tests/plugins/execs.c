/* SPDX-License-Identifier: MIT */
/* Becomes another program. */
#include "bad.h"

static int32_t misbehave(const struct assay_task *task)
{
    char name[] = "true";
    char *const argv[] = {name, NULL};
    char *const envp[] = {NULL};
    execve("/bin/true", argv, envp);
    return bad_clean(task);
}

BAD_MODULE()
