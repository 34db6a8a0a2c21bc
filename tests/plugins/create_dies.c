/* SPDX-License-Identifier: MIT */
/* Dies of its own signatures: loads well, and crashes when it is created to scan. */
#include "bad.h"

#include <signal.h>

static int32_t create(const struct assay_host *given,
                      const struct assay_create *create, void **inst,
                      struct assay_buf *err)
{
    int32_t rc = bad_create(given, create, inst, err);
    if (bad_every > 0 && create->mode == ASSAY_MODE_SCAN)
        raise(SIGSEGV);
    return rc;
}

static int32_t misbehave(const struct assay_task *task)
{
    return bad_clean(task);
}

BAD_MODULE(.create = create)
