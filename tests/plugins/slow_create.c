/* SPDX-License-Identifier: MIT */
/* Takes its time to load: three seconds. */
#include "bad.h"

enum {
    SLOW_S = 3
};

static int32_t create(const struct assay_host *given,
                      const struct assay_create *create, void **inst,
                      struct assay_buf *err)
{
    int32_t rc = bad_create(given, create, inst, err);
    if (bad_every > 0 && create->mode == ASSAY_MODE_SCAN)
        sleep(SLOW_S);
    return rc;
}

static int32_t misbehave(const struct assay_task *task)
{
    return bad_clean(task);
}

BAD_MODULE(.create = create)
