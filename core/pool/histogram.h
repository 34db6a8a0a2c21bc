/* SPDX-License-Identifier: MIT */
/*
 * How long something takes, over many times: one bucket for each power of two.
 *
 * Fixed size, no allocation, some nanoseconds an addition; a percentile is right within its bucket,
 * so never wrong by more than a factor of two and in practice by some per cent.
 */
#ifndef POOL_HISTOGRAM_H
#define POOL_HISTOGRAM_H

#include <stdint.h>

enum {
    /* Bucket 0 is below 1 us, bucket i from 2^(i-1) to below 2^i us; the last one is
     * 18 minutes and all above. */
    HISTOGRAM_BUCKETS = 32
};

/* Zeroed memory is a valid empty one. */
struct histogram {
    uint64_t buckets[HISTOGRAM_BUCKETS];
    uint64_t n;
    uint64_t sum_us; /* saturates */
    uint64_t max_us;
};

void histogram_add(struct histogram *histogram, uint64_t ns);

/* The time in us that `per_mille` of 1,000 stay within, interpolated within its bucket
 * and never above max_us: 500 is the median.  0 while it is empty. */
uint64_t histogram_percentile_us(const struct histogram *histogram,
                                 unsigned per_mille);

/* 0 while it is empty. */
uint64_t histogram_mean_us(const struct histogram *histogram);

#endif
