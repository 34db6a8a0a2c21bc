/* SPDX-License-Identifier: MIT */
#include "pool/sandbox.h"

#include <errno.h>
#include <ftw.h>

/* nftw hands nothing to its function; one thread uses this at a time (the zygote
 * and the front have one). */
static struct {
    uint64_t bytes, files, bytes_max;
} count;

enum {
    DESCRIPTORS = 8, /* open folders at a time */
    BLOCK = 512      /* unit of st_blocks */
};

static int count_one(const char *path, const struct stat *about, int kind,
                     struct FTW *where)
{
    (void)path;
    (void)where;
    if (kind == FTW_NS || kind == FTW_DNR)
        return errno == ENOENT ? 0 : 1;
    count.bytes += (uint64_t)about->st_blocks * BLOCK;
    count.files++;
    return count.bytes > count.bytes_max;
}

bool sandbox_usage(const char *folder, uint64_t bytes_max, uint64_t *bytes,
                   uint64_t *files)
{
    count.bytes = 0;
    count.files = 0;
    count.bytes_max = bytes_max;
    int rc = nftw(folder, count_one, DESCRIPTORS, FTW_PHYS);
    *bytes = count.bytes;
    *files = count.files > 0 ? count.files - 1 : 0; /* without the folder */
    return rc != 0;
}
