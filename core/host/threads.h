/* SPDX-License-Identifier: MIT */
/*
 * How many threads this process has: a fork keeps only one of them.
 */
#ifndef HOST_THREADS_H
#define HOST_THREADS_H

/* 0: cannot be told (no /proc). */
unsigned threads_count(void);

/* How many more than `before` there are.  One that has been joined may still be on its
 * way out: waits a little before it says that there are more. */
unsigned threads_more(unsigned before);

#endif
