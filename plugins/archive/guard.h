/* SPDX-License-Identifier: MIT */
/*
 * A bound on the memory that libarchive takes for itself.
 *
 * The rar and 7z readers allocate what a number in the file says, up to 4 GiB out
 * of a hundred bytes, and the host's budget counts only what is unpacked.  While
 * such a reader runs, the process may not grow by more than `bytes` (RLIMIT_DATA);
 * the former limit is back before any other function is called.  Without /proc
 * there is no guard: then whoever took it away has set limits of his own.
 */
#ifndef ARCHIVE_GUARD_H
#define ARCHIVE_GUARD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

/* Lives on the stack between both calls. */
struct guard {
    struct rlimit before;
    bool is_set;
};

/* 0 bytes: no guard. */
void guard_enter(struct guard *guard, uint64_t bytes);
void guard_leave(const struct guard *guard);

#endif
