/* SPDX-License-Identifier: MIT */
#include "unit.h"
#include "verdict/scl.h"

#include <math.h>

#define DEFAULT_PRIOR 5u

static int scl(int64_t evidence)
{
    return scl_from_probability(
        scl_probability(evidence, scl_log_odds(DEFAULT_PRIOR)));
}

static void probabilities_are_the_logistic_of_all_evidence(void)
{
    CU_ASSERT_DOUBLE_EQUAL(scl_probability(0, 0), 0.5, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(scl_probability(1000, -1000), 0.5, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(scl_probability(2197, 0), 0.9, 1e-4);
    CU_ASSERT_DOUBLE_EQUAL(scl_probability(-30000, 0), 0.0, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(scl_probability(INT64_MAX, INT64_MAX), 1.0, 0);
    CU_ASSERT_DOUBLE_EQUAL(scl_probability(INT64_MIN, INT64_MIN), 0.0, 0);
}

static void a_percentage_becomes_log_odds_and_back(void)
{
    for (unsigned percent = 1; percent < 100; percent++)
        CU_ASSERT_DOUBLE_EQUAL(scl_probability(0, scl_log_odds(percent)),
                               percent / 100.0, 0.0005);
    CU_ASSERT_EQUAL(scl_log_odds(50), 0);
}

static void the_table_is_as_documented(void)
{
    static const double floors[] = {0,    .026, .083, .23,  .5,
                                    .768, .916, .973, .991, .9975};
    for (int level = 0; level <= SCL_MAX; level++) {
        CU_ASSERT_EQUAL(scl_floor(level), floors[level]);
        CU_ASSERT_EQUAL(scl_from_probability(floors[level]), level);
        if (level > 0)
            CU_ASSERT_EQUAL(scl_from_probability(nextafter(floors[level], 0.0)),
                            level - 1);
    }
    CU_ASSERT_EQUAL(scl_from_probability(1.0), 9);
    CU_ASSERT_EQUAL(scl_from_probability(NAN), 0);
}

static void one_step_of_evidence_is_one_scl(void)
{
    for (int level = 1; level <= SCL_MAX; level++) {
        double p = scl_probability((int64_t)(level - 4) * SCL_STEP_MILLI, 0);
        CU_ASSERT_EQUAL(scl_from_probability(p), level);
    }
}

static void no_evidence_is_scl_1_and_gtube_9(void)
{
    CU_ASSERT_EQUAL(scl(0), 1);
    CU_ASSERT_EQUAL(scl(20000), 9);
    CU_ASSERT_EQUAL(scl(-5000), 0);
}

static void more_evidence_never_lowers_the_scl(void)
{
    int last = 0;
    for (int64_t evidence = -40000; evidence <= 40000; evidence += 10) {
        int now = scl(evidence);
        CU_ASSERT(now >= last);
        last = now;
    }
}

UNIT_MAIN("scl", UNIT(probabilities_are_the_logistic_of_all_evidence),
          UNIT(a_percentage_becomes_log_odds_and_back),
          UNIT(the_table_is_as_documented),
          UNIT(one_step_of_evidence_is_one_scl),
          UNIT(no_evidence_is_scl_1_and_gtube_9),
          UNIT(more_evidence_never_lowers_the_scl))
