/* SPDX-License-Identifier: MIT */
/*
 * How many a second, now: an exponentially fading mean, so there is nothing to tick.
 */
#ifndef POOL_RATE_H
#define POOL_RATE_H

#include <stdint.h>

#define RATE_SECOND_NS UINT64_C(1000000000)
#define RATE_MINUTE_NS (60 * RATE_SECOND_NS)

/* What was counted fades to 37 % in `fade_ns`.  Set that and `since_ns`, where counting
 * begins; the rest zeroed. */
struct rate {
    uint64_t fade_ns;
    uint64_t since_ns; /* of the last rate_add */
    double weight;     /* of what was counted, faded to since_ns */
};

void rate_add(struct rate *rate, uint64_t n, uint64_t now_ns);
double rate_per_second(const struct rate *rate, uint64_t now_ns);

#endif
