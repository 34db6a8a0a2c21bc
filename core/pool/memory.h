/* SPDX-License-Identifier: MIT */
/*
 * How much memory a process uses, as its kernel tells everybody.
 *
 * Not its proportional set: of a worker, which is not dumpable, only root sees that.
 */
#ifndef POOL_MEMORY_H
#define POOL_MEMORY_H

#include <stdint.h>
#include <sys/types.h>

/* Resident set in bytes: shared pages count in full; 0: gone. */
uint64_t memory_resident(pid_t pid);

#endif
