/* SPDX-License-Identifier: MIT */
/*
 * The allow-list itself (syscalls.h says what it promises).
 *
 * One table, in one file however long it is: what a worker may do is reviewed by reading
 * it from its top to its end.
 */
#ifndef POOL_SYSCALLS_LIST_H
#define POOL_SYSCALLS_LIST_H

#include <stdint.h>

/* Adds to `filter`, a libseccomp context, what a worker that may do `may` (enum
 * sandbox_may) is allowed; `self` stands for its own process id.  0 or a negative
 * errno. */
int syscalls_list(void *filter, unsigned may, uint32_t self);

#endif
