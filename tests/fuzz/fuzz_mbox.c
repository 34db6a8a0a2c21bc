/* SPDX-License-Identifier: MIT */
/*
 * Splitting an mbox: the ranges lie inside the file, in order and apart, and a file
 * is split as the same bytes in memory are.
 */
#include "mailbox/mbox.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    if (fd < 0)
        fd = memfd_create("mbox", MFD_CLOEXEC);
    if (!mbox_begins((const char *)data, size))
        return 0;
    g_autoptr(GArray) memory = mbox_split((const char *)data, size);
    require(memory->len > 0);
    uint64_t at = 0;
    for (unsigned i = 0; i < memory->len; i++) {
        const struct mbox_range *r =
            &g_array_index(memory, struct mbox_range, i);
        require(r->offset >= at && (r->length == 0 || r->offset < size));
        require(r->length <= size);
        at = r->offset + r->length;
    }
    require(ftruncate(fd, 0) == 0 &&
            pwrite(fd, data, size, 0) == (ssize_t)size);
    g_autoptr(GArray) file = mbox_split_file(fd);
    require(file != NULL && file->len == memory->len);
    require(memcmp(file->data, memory->data,
                   file->len * sizeof(struct mbox_range)) == 0);
    return 0;
}
