/* SPDX-License-Identifier: MIT */
/*
 * What a process and all below it take.
 */
#ifndef BENCH_FAMILY_H
#define BENCH_FAMILY_H

#include <sys/types.h>

/* Private and shared resident memory in KiB: what several share is counted once (PSS). */
long family_kib(pid_t root);

/* Processor seconds so far, of those that live and of children they have waited for. */
double family_cpu_s(pid_t root);

#endif
