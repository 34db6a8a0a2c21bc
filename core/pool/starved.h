/* SPDX-License-Identifier: MIT */
/*
 * Whether a worker that dies by a signal had run out of memory.
 *
 * Under its limit an allocation fails, and few vendors' code looks: it writes where the
 * memory should be, or aborts.  From outside that is a crash like any other.  So a
 * worker looks once more when it is about to die: the last call that failed on this
 * thread, as errno tells, did so for want of memory.
 *
 * What the kernel kills because the whole machine is short of memory says nothing any
 * more: its front sees SIGKILL, "killed from outside".
 */
#ifndef POOL_STARVED_H
#define POOL_STARVED_H

#include <stdatomic.h>
#include <stdint.h>

/* [worker, once] From now on *at becomes 1 before such a death; the signal is then
 * what ends it, as ever.  `at` stays mapped.  A plugin may take these signals for
 * itself. */
void starved_watch(_Atomic uint32_t *at);

#endif
