/* SPDX-License-Identifier: MIT */
/* Forgets 1 MiB in every scan. */
#include "bad.h"

#include <stdlib.h>

enum {
    FORGOTTEN = 1 << 20
};

static int32_t misbehave(const struct assay_task *task)
{
    volatile char *lost = malloc(FORGOTTEN);
    for (size_t i = 0; lost != NULL && i < FORGOTTEN; i += 4096)
        lost[i] = 1;
    return bad_clean(task);
}

BAD_MODULE()
