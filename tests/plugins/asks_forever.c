/* SPDX-License-Identifier: MIT */
/* Has a new question after every answer. */
#include "bad.h"

#include <stdio.h>

static int32_t misbehave(const struct assay_task *task)
{
    char name[64];
    const struct assay_answer *answer;
    snprintf(name, sizeof name, "r%u.example.org", (unsigned)task->round);
    struct assay_question question = {.struct_size = sizeof question,
                                      .kind = ASSAY_WANT_DNS,
                                      .type = 16,
                                      .key = right_str(name)};
    int32_t rc = host->want(task, &question, &answer);
    if (rc == ASSAY_RC_OK && answer->state == ASSAY_ANSWER_BLOCKED)
        return right_report(task, "blocked", name);
    return ASSAY_RC_PENDING;
}

BAD_MODULE()
