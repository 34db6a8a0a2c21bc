/* SPDX-License-Identifier: MIT */
/*
 * From log-odds to a probability to an SCL (spam confidence level).
 *
 * Microsoft never published IMF's cut-offs, so this table is ours; it is part of
 * the interface and printed in the documentation.  It is even in log-odds: one SCL
 * is 1.2 (natural log), SCL 4 begins at even odds.  So evidence of 1200 milli moves
 * a mail by one SCL, which is how IMF's custom weights (-9..+9 "SCL") become
 * log-odds without a loss.
 *
 *     SCL   log-odds   probability of spam   in words
 *      0               less than 2.6 %       not spam
 *      1    -3.6       2.6 %                 the default prior, no evidence
 *      2    -2.4       8.3 %
 *      3    -1.2       23 %
 *      4     0.0       50 %                  as likely as not
 *      5     1.2       76.8 %                spam: junk by default
 *      6     2.4       91.6 %
 *      7     3.6       97.3 %
 *      8     4.8       99.1 %
 *      9     6.0       99.75 %               certain: the gateway's default
 */
#ifndef VERDICT_SCL_H
#define VERDICT_SCL_H

#include <stdint.h>

enum {
    SCL_TRUSTED = -1,
    SCL_MAX = 9,
    SCL_STEP_MILLI = 1200 /* evidence that moves a mail by one SCL */
};

/* 1 / (1 + exp(-(evidence + prior))); milli are natural log x 1000. */
double scl_probability(int64_t log_odds_milli, int64_t prior_milli);

/* The log-odds (milli) of a probability of 1..99 percent. */
int64_t scl_log_odds(unsigned percent);

/* 0..9 by the documented table. */
int scl_from_probability(double probability);

/* The smallest probability of that SCL (0..9), for documentation. */
double scl_floor(int scl);

#endif
