/* SPDX-License-Identifier: MIT */
/*
 * From log-odds to a probability to an SCL (spam confidence level).
 *
 * Microsoft never published IMF's cut-offs, so this table is ours; it is part of
 * the interface and printed in the documentation.
 */
#ifndef VERDICT_SCL_H
#define VERDICT_SCL_H

#include <stdint.h>

enum {
    SCL_TRUSTED = -1,
    SCL_MAX = 9
};

/* 1 / (1 + exp(-(evidence + prior))); milli are natural log x 1000. */
double scl_probability(int64_t log_odds_milli, int64_t prior_milli);

/* 0..9 by the documented table. */
int scl_from_probability(double probability);

/* The smallest probability of that SCL (0..9), for documentation. */
double scl_floor(int scl);

#endif
