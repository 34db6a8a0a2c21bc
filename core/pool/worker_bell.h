/* SPDX-License-Identifier: MIT */
/*
 * The two bells of a worker, from its side.  A worker that a plugin has robbed of them
 * ends: it would hear nothing any more.
 */
#ifndef POOL_WORKER_BELL_H
#define POOL_WORKER_BELL_H

/* Wakes the front. */
void worker_chime(int chime_fd);
/* Sleeps until the front has rung since the last call. */
void worker_sleep(int bell_fd);

#endif
