/* SPDX-License-Identifier: MIT */
/*
 * How much memory a process uses, as its kernel tells.
 */
#ifndef POOL_MEMORY_H
#define POOL_MEMORY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Proportional set in bytes: shared pages count in parts.  False: not ours to see, or
 * gone. */
bool memory_pss(pid_t pid, uint64_t *out);
/* Resident set in bytes: shared pages count in full; 0: gone. */
uint64_t memory_resident(pid_t pid);

#endif
