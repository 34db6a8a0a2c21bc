/* SPDX-License-Identifier: MIT */
/* Finds child after child, each without an end, and hears no "enough". */
#include "bad.h"

enum {
    SHORT = 100,
    LONG = 1000000
};

static void emit(const struct assay_task *task, unsigned pieces)
{
    static const char piece[4096] = "endless";
    struct assay_writer *writer;
    struct assay_child child = {.struct_size = sizeof child,
                                .kind = ASSAY_OBJECT_MEMBER,
                                .name = right_str("again.bin")};
    if (host->child_begin(task, &child, &writer) != ASSAY_RC_OK)
        return;
    for (unsigned i = 0; i < pieces; i++)
        host->child_write(writer, piece, sizeof piece);
    host->child_commit(writer, NULL);
}

static int32_t misbehave(const struct assay_task *task)
{
    time_t end = time(NULL) + BAD_ENDLESS_S;
    while (time(NULL) < end) {
        emit(task, SHORT);
        emit(task, LONG);
    }
    return ASSAY_RC_OK;
}

BAD_MODULE(BAD_IN_OBJECT,
           .flags_optional = ASSAY_FLAG_FORK_SHARED | ASSAY_FLAG_CHILDREN)
