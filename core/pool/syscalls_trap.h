/* SPDX-License-Identifier: MIT */
/*
 * What happens to a call that the filter trapped: told, then refused or fatal.
 */
#ifndef POOL_SYSCALLS_TRAP_H
#define POOL_SYSCALLS_TRAP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Takes SIGSYS.  [worker] `denied` may be NULL.  0 or errno. */
int syscalls_trap(_Atomic uint32_t *denied);

/* Whether this call ends the process; `arg` are its six arguments. */
bool syscalls_is_fatal(uint32_t number, const uint64_t arg[6]);

/* Learns the names, which the handler cannot look up.  [zygote] */
void syscalls_learn_names(void);

#endif
