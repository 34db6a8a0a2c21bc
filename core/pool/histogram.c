/* SPDX-License-Identifier: MIT */
#include "pool/histogram.h"

#include <glib.h>

#include <stdbool.h>

static unsigned bucket_of(uint64_t us)
{
    unsigned bits = us == 0 ? 0 : 64 - (unsigned)__builtin_clzll(us);
    return MIN(bits, HISTOGRAM_BUCKETS - 1u);
}

void histogram_add(struct histogram *histogram, uint64_t ns)
{
    uint64_t us = ns / 1000;
    histogram->buckets[bucket_of(us)]++;
    histogram->n++;
    if (us > histogram->max_us)
        histogram->max_us = us;
    if (__builtin_add_overflow(histogram->sum_us, us, &histogram->sum_us))
        histogram->sum_us = UINT64_MAX;
}

static uint64_t floor_of(unsigned bucket)
{
    return bucket == 0 ? 0 : UINT64_C(1) << (bucket - 1);
}

/* The end of the last bucket that holds anything is the largest value. */
static uint64_t end_of(const struct histogram *histogram, unsigned bucket)
{
    uint64_t end = UINT64_C(1) << bucket;
    bool is_last = bucket == HISTOGRAM_BUCKETS - 1;
    return is_last || histogram->max_us < end ? histogram->max_us : end;
}

uint64_t histogram_percentile_us(const struct histogram *histogram,
                                 unsigned per_mille)
{
    if (histogram->n == 0)
        return 0;
    double rank = (double)histogram->n * MIN(per_mille, 1000u) / 1000.0;
    double seen = 0;
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        double here = (double)histogram->buckets[i];
        if (here > 0 && seen + here >= rank) {
            double low = (double)floor_of(i);
            double high = (double)end_of(histogram, i);
            double at = low + (high - low) * (rank - seen) / here;
            return MIN((uint64_t)at, histogram->max_us);
        }
        seen += here;
    }
    return histogram->max_us;
}

uint64_t histogram_mean_us(const struct histogram *histogram)
{
    return histogram->n == 0 ? 0 : histogram->sum_us / histogram->n;
}
