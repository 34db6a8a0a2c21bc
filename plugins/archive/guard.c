/* SPDX-License-Identifier: MIT */
#include "guard.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* Data and stack of this process in bytes, 0: not known.  (proc(5), statm: the
 * sixth number, in pages.) */
static uint64_t data_size(void)
{
    char text[128];
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    char *at = text;
    unsigned long long pages = 0;

    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return 0;
    text[n] = '\0';
    for (int i = 0; i < 6; i++)
        pages = strtoull(at, &at, 10);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

void guard_enter(struct guard *guard, uint64_t bytes)
{
    uint64_t size = bytes > 0 ? data_size() : 0;

    guard->is_set = size > 0 && getrlimit(RLIMIT_DATA, &guard->before) == 0;
    if (!guard->is_set)
        return;
    struct rlimit now = guard->before;
    if (now.rlim_cur > size + bytes)
        now.rlim_cur = size + bytes;
    guard->is_set = setrlimit(RLIMIT_DATA, &now) == 0;
}

void guard_leave(const struct guard *guard)
{
    if (guard->is_set)
        (void)setrlimit(RLIMIT_DATA, &guard->before);
}
