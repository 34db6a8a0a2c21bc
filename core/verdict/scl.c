/* SPDX-License-Identifier: MIT */
#include "verdict/scl.h"

#include <glib.h>

#include <math.h>

/* 1 / (1 + exp(-1.2 (n - 4))), rounded down, so that the sum of exact steps never
 * falls short by a rounding error. */
static const double floors[SCL_MAX + 1] = {
    0.0, 0.026, 0.083, 0.23, 0.5, 0.768, 0.916, 0.973, 0.991, 0.9975,
};

double scl_probability(int64_t log_odds_milli, int64_t prior_milli)
{
    return 1.0 / (1.0 + exp(-((double)log_odds_milli + (double)prior_milli) /
                            1000.0));
}

int64_t scl_log_odds(unsigned percent)
{
    g_assert(percent > 0 && percent < 100);
    double p = percent / 100.0;
    return llround(log(p / (1.0 - p)) * 1000.0);
}

int scl_from_probability(double probability)
{
    int scl = SCL_MAX;
    while (scl > 0 && !(probability >= floors[scl]))
        scl--;
    return scl;
}

double scl_floor(int scl)
{
    g_assert(scl >= 0 && scl <= SCL_MAX);
    return floors[scl];
}
