/* SPDX-License-Identifier: MIT */
/* Looks, when asked about one object, at the content and the digest of all. */
#include "right.h"

#include <inttypes.h>
#include <stdio.h>

static int32_t handle(void *inst, const struct assay_task *task)
{
    const struct assay_object *object;
    char text[200];
    uint64_t sum = 0;
    uint64_t n = 0;
    (void)inst;
    for (; host->object_by_id(task, n, &object) == ASSAY_RC_OK; n++) {
        struct assay_str s = {NULL, 0};
        int32_t rc = host->content(task, object, &s);
        for (uint64_t i = 0; i < s.n; i++)
            sum = sum * 31 + (unsigned char)s.p[i];
        sum += (uint64_t)(int64_t)rc;
        if (host->attr_str(task, object, ASSAY_ATTR_SHA256, 0, &s) ==
            ASSAY_RC_OK)
            sum = sum * 31 + (unsigned char)s.p[5];
        if (host->text(task, object, &s) == ASSAY_RC_OK)
            sum += s.n;
    }
    snprintf(text, sizeof text, "%" PRIu64 " objects, %" PRIx64, n, sum);
    return right_report(task, "all", text);
}

static const struct assay_wants wants = {.struct_size = sizeof wants,
                                         .flags = ASSAY_WANTS_MESSAGE |
                                                  ASSAY_WANTS_EMPTY};
static const struct assay_plugin plugin = {
    RIGHT_PLUGIN,
    .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_OBJECT) |
              ASSAY_STAGE_BIT(ASSAY_STAGE_MESSAGE),
    .wants = &wants, .handle = handle};
RIGHT_MODULE(plugin)
