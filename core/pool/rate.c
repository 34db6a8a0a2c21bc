/* SPDX-License-Identifier: MIT */
#include "pool/rate.h"

#include <math.h>

static double faded(const struct rate *rate, uint64_t now_ns)
{
    if (now_ns <= rate->since_ns)
        return rate->weight;
    return rate->weight *
           exp(-(double)(now_ns - rate->since_ns) / (double)rate->fade_ns);
}

void rate_add(struct rate *rate, uint64_t n, uint64_t now_ns)
{
    rate->weight = faded(rate, now_ns) + (double)n;
    if (now_ns > rate->since_ns)
        rate->since_ns = now_ns;
}

double rate_per_second(const struct rate *rate, uint64_t now_ns)
{
    return faded(rate, now_ns) * 1e9 / (double)rate->fade_ns;
}
