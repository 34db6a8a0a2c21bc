/* SPDX-License-Identifier: MIT */
/* Leaves the process another one than it found: folder, mask, environment, locale. */
#include "bad.h"

#include <locale.h>
#include <stdlib.h>
#include <sys/stat.h>

static int32_t misbehave(const struct assay_task *task)
{
    if (chdir("/tmp") != 0 && chdir("/") != 0)
        right_report(task, "cwd", "kept");
    umask(0777);
    setenv("TZ", "Antarctica/Troll", 1);
    setenv("LC_ALL", "de_DE.UTF-8", 1);
    setlocale(LC_ALL, "");
    return ASSAY_RC_OK;
}

BAD_MODULE()
