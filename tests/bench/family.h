/* SPDX-License-Identifier: MIT */
/*
 * Memory of a process and all below it.
 */
#ifndef BENCH_FAMILY_H
#define BENCH_FAMILY_H

#include <sys/types.h>

/* Private and shared resident memory in KiB: what several share is counted once (PSS). */
long family_kib(pid_t root);

#endif
