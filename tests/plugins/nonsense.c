/* SPDX-License-Identifier: MIT */
/* Says what has no meaning: numbers out of every range, texts that are not there. */
#include "bad.h"

#include <stdint.h>

static struct assay_finding make_nonsense(const struct assay_task *task,
                                          unsigned kind)
{
    struct assay_finding f = {.struct_size = sizeof f,
                              .status = ASSAY_STATUS_FOUND,
                              .kind = ASSAY_KIND_INFO,
                              .rcpt = task->rcpt,
                              .name = right_str("nonsense")};
    switch (kind % 6) {
    case 0:
        f.name.n = UINT64_MAX;
        break;
    case 1:
        f.text = (struct assay_str){(const char *)16, 100};
        break;
    case 2:
        f.log_odds_milli = INT32_MIN;
        f.kind = ASSAY_KIND_SPAM;
        break;
    case 3:
        f.kind = UINT32_MAX;
        f.confidence = UINT32_MAX;
        break;
    case 4:
        f.struct_size = UINT32_MAX;
        break;
    default:
        f.rcpt = UINT32_MAX - 1;
        break;
    }
    return f;
}

static int32_t misbehave(const struct assay_task *task)
{
    unsigned number = bad_number(task);
    for (unsigned i = 0; i < 6; i++) {
        const struct assay_object *wild =
            (const struct assay_object *)(uintptr_t)(number * 4096u);
        struct assay_finding f = make_nonsense(task, number + i);
        host->report(task, i % 2 == 0 ? task->object : wild, &f);
    }
    return (int32_t)(number * 0x10001u) | 64;
}

BAD_MODULE()
