/* SPDX-License-Identifier: MIT */
/*
 * The two clocks: monotonic for deadlines, wall for what people and mail read.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC, nanoseconds; never goes back. */
uint64_t clock_mono_ns(void);

/* Seconds since 1970-01-01 UTC. */
int64_t clock_unix_s(void);

#endif
