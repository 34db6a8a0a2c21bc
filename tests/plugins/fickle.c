/* SPDX-License-Identifier: MIT */
/*
 * Has another answer each time it is asked the same: other findings, other children,
 * and now and then it waits.  A scan that is run again cannot rely on it.
 */
#include "bad.h"

#include <stdio.h>

static void emit(const struct assay_task *task, const char *text)
{
    struct assay_writer *writer;
    struct assay_child child = {.struct_size = sizeof child,
                                .kind = ASSAY_OBJECT_DERIVED,
                                .name = right_str("mood.bin")};
    if (host->child_begin(task, &child, &writer) != ASSAY_RC_OK)
        return;
    host->child_write(writer, text, strlen(text));
    host->child_commit(writer, NULL);
}

static int32_t misbehave(const struct assay_task *task)
{
    static unsigned calls;
    struct timespec t;
    char text[64];
    clock_gettime(CLOCK_MONOTONIC, &t);
    unsigned mood = (unsigned)t.tv_nsec / 64 + ++calls;
    snprintf(text, sizeof text, "mood %u", mood);
    const struct assay_answer *answer;
    struct assay_question question = {.struct_size = sizeof question,
                                      .kind = ASSAY_WANT_LOOKUP,
                                      .key = right_str("mood:today")};
    if (mood % 3 == 0 &&
        host->want(task, &question, &answer) == ASSAY_RC_PENDING)
        return ASSAY_RC_PENDING;
    if (mood % 3 != 1)
        emit(task, text);
    return right_report(task, "fickle", text);
}

BAD_MODULE(BAD_IN_OBJECT,
           .flags_optional = ASSAY_FLAG_FORK_SHARED | ASSAY_FLAG_CHILDREN)
