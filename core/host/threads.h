/* SPDX-License-Identifier: MIT */
/*
 * How many threads this process has: a fork keeps only one of them.
 */
#ifndef HOST_THREADS_H
#define HOST_THREADS_H

/* 0: cannot be told (no /proc). */
unsigned threads_count(void);

#endif
