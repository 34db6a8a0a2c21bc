/* SPDX-License-Identifier: MIT */
/*
 * Large pages under what a zygote has loaded.
 *
 * A fork copies one entry for every page, so the more signatures there are the longer a
 * new worker takes: measured with 400,000 of them (250 MB) 4.2 ms, on large pages
 * 0.35 ms.  Moving them there is done once, before the first fork.  A worker that writes
 * into a large page copies only the small one that it writes to.
 */
#ifndef POOL_PAGES_H
#define POOL_PAGES_H

#include <stdint.h>

/*
 * [zygote, after loading] Moves private memory in areas of 16 MiB and more to large
 * pages, until that has taken `time_ns`.  Returns the bytes that were moved; 0 also where
 * the kernel cannot (before Linux 6.1) or has none left, which is no error.
 */
uint64_t pages_enlarge(uint64_t time_ns);

#endif
