/* SPDX-License-Identifier: MIT */
/*
 * Writes into what it was lent to read, after it has tried to make that writable:
 * nobody else may see another mail because of it.
 */
#include "bad.h"

#include <stdint.h>
#include <sys/mman.h>

static int32_t misbehave(const struct assay_task *task)
{
    struct assay_str content = {NULL, 0};
    int32_t fd = -1;
    if (host->content_fd(task, task->object, &fd) == ASSAY_RC_OK &&
        pwrite(fd, "Subject: forged\n", 16, 0) == 16)
        right_report(task, "written", "through the descriptor");
    if (host->content(task, task->object, &content) != ASSAY_RC_OK)
        return ASSAY_RC_INTERNAL;
    uintptr_t page = (uintptr_t)content.p & ~(uintptr_t)4095;
    size_t n = (uintptr_t)content.p + content.n - page;
    mprotect((void *)page, n, PROT_READ | PROT_WRITE);
    for (uint64_t i = 0; i < content.n; i++)
        ((volatile char *)content.p)[i] = 'X';
    return ASSAY_RC_OK;
}

BAD_MODULE(BAD_IN_OBJECT)
