/* SPDX-License-Identifier: MIT */
#include "pool/breaker.h"
#include "unit.h"

static const struct breaker_rules rules = {
    .failures = 3,
    .window_ns = 100,
    .backoff_ns = 1000,
    .backoff_max_ns = 3000,
};

/* Opens a fresh one at 12. */
static struct breaker opened(void)
{
    struct breaker b;
    breaker_init(&b, &rules);
    for (uint64_t now = 10; now < 13; now++)
        breaker_failed(&b, BREAKER_USE, now);
    CU_ASSERT_EQUAL(b.state, BREAKER_OPEN);
    return b;
}

static void it_opens_at_n_failures_within_t(void)
{
    static const struct {
        uint64_t at[5];
        unsigned n;
        unsigned opens_at; /* which failure, from 1; 0: none */
    } rows[] = {
        {{0, 50, 100}, 3, 3},      {{0, 50, 101}, 3, 0},
        {{0, 50, 101, 150}, 4, 4}, {{0, 99, 198, 297, 396}, 5, 0},
        {{0, 0, 0}, 3, 3},         {{0, 500, 501, 502}, 4, 4},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct breaker b;
        breaker_init(&b, &rules);
        for (unsigned k = 0; k < rows[i].n; k++) {
            CU_ASSERT_EQUAL(breaker_may_use(&b, rows[i].at[k]), BREAKER_USE);
            CU_ASSERT_EQUAL(breaker_failed(&b, BREAKER_USE, rows[i].at[k]),
                            k + 1 == rows[i].opens_at);
        }
        CU_ASSERT_EQUAL(b.state,
                        rows[i].opens_at > 0 ? BREAKER_OPEN : BREAKER_CLOSED);
        breaker_clear(&b);
    }
}

static void success_between_failures_does_not_hide_them(void)
{
    struct breaker b;
    breaker_init(&b, &rules);
    for (uint64_t now = 0; now < 2; now++) {
        CU_ASSERT(!breaker_failed(&b, BREAKER_USE, now));
        CU_ASSERT(!breaker_worked(&b, BREAKER_USE, now));
    }
    CU_ASSERT(breaker_failed(&b, BREAKER_USE, 2));
    breaker_clear(&b);
}

static void exactly_one_message_tries_after_the_back_off(void)
{
    struct breaker b = opened();
    CU_ASSERT_EQUAL(breaker_next_change_ns(&b), 1012);
    CU_ASSERT_EQUAL(breaker_may_use(&b, 1011), BREAKER_LEAVE_OUT);
    CU_ASSERT_EQUAL(b.state, BREAKER_OPEN);
    CU_ASSERT_EQUAL(breaker_may_use(&b, 1012), BREAKER_TRY);
    CU_ASSERT_EQUAL(b.state, BREAKER_HALF_OPEN);
    CU_ASSERT_EQUAL(breaker_next_change_ns(&b), UINT64_MAX);
    CU_ASSERT_EQUAL(breaker_may_use(&b, 1013), BREAKER_LEAVE_OUT);
    CU_ASSERT(breaker_worked(&b, BREAKER_TRY, 1014));
    CU_ASSERT_EQUAL(b.state, BREAKER_CLOSED);
    CU_ASSERT_EQUAL(breaker_may_use(&b, 1014), BREAKER_USE);
    CU_ASSERT_EQUAL(breaker_next_change_ns(&b), UINT64_MAX);
    breaker_clear(&b);
}

static void a_failed_trial_doubles_the_back_off_up_to_its_limit(void)
{
    struct breaker b = opened();
    static const uint64_t backoffs[] = {2000, 3000, 3000};
    uint64_t now = b.open_until_ns;
    for (unsigned i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(breaker_may_use(&b, now), BREAKER_TRY);
        CU_ASSERT(breaker_failed(&b, BREAKER_TRY, now));
        CU_ASSERT_EQUAL(b.state, BREAKER_OPEN);
        CU_ASSERT_EQUAL(b.open_until_ns - now, backoffs[i]);
        now = b.open_until_ns;
    }
    CU_ASSERT_EQUAL(b.times_opened, 4);
    breaker_clear(&b);
}

static void what_was_on_its_way_when_it_opened_changes_nothing(void)
{
    struct breaker b = opened();
    CU_ASSERT(!breaker_failed(&b, BREAKER_USE, 20));
    CU_ASSERT(!breaker_worked(&b, BREAKER_USE, 20));
    CU_ASSERT_EQUAL(b.open_until_ns, 1012);
    CU_ASSERT_EQUAL(breaker_may_use(&b, 2000), BREAKER_TRY);
    CU_ASSERT(!breaker_worked(&b, BREAKER_USE, 2001));
    CU_ASSERT(!breaker_failed(&b, BREAKER_USE, 2001));
    CU_ASSERT_EQUAL(b.state, BREAKER_HALF_OPEN);
    CU_ASSERT(breaker_worked(&b, BREAKER_TRY, 2002));
    /* None of them counts among the next failures either. */
    CU_ASSERT(!breaker_failed(&b, BREAKER_USE, 2003));
    CU_ASSERT(!breaker_failed(&b, BREAKER_USE, 2004));
    breaker_clear(&b);
}

static void a_trial_without_a_call_leaves_it_to_the_next_message(void)
{
    struct breaker b = opened();
    CU_ASSERT_EQUAL(breaker_may_use(&b, 2000), BREAKER_TRY);
    breaker_unused(&b, BREAKER_USE); /* another message's: nothing */
    CU_ASSERT_EQUAL(breaker_may_use(&b, 2001), BREAKER_LEAVE_OUT);
    breaker_unused(&b, BREAKER_TRY);
    CU_ASSERT_EQUAL(b.state, BREAKER_HALF_OPEN);
    CU_ASSERT_EQUAL(breaker_may_use(&b, 2002), BREAKER_TRY);
    breaker_clear(&b);
}

static void one_that_breaks_again_soon_stays_out_longer(void)
{
    static const struct {
        uint64_t after; /* it came back */
        uint64_t backoff;
    } rows[] = {{999, 2000}, {1000, 1000}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct breaker b = opened();
        breaker_may_use(&b, 5000);
        breaker_worked(&b, BREAKER_TRY, 5000);
        uint64_t now = 5000 + rows[i].after;
        for (unsigned k = 0; k < 3; k++)
            breaker_failed(&b, BREAKER_USE, now);
        CU_ASSERT_EQUAL(b.state, BREAKER_OPEN);
        CU_ASSERT_EQUAL(b.open_until_ns - now, rows[i].backoff);
        breaker_clear(&b);
    }
}

static void reset_forgets_everything(void)
{
    struct breaker b = opened();
    breaker_may_use(&b, 5000);
    breaker_reset(&b);
    CU_ASSERT_EQUAL(b.state, BREAKER_CLOSED);
    CU_ASSERT_EQUAL(breaker_may_use(&b, 5000), BREAKER_USE);
    CU_ASSERT(!breaker_worked(&b, BREAKER_TRY, 5001)); /* the old trial's end */
    CU_ASSERT(
        !breaker_failed(&b, BREAKER_TRY, 5001)); /* counts as one failure */
    CU_ASSERT(!breaker_failed(&b, BREAKER_USE, 5001));
    CU_ASSERT(breaker_failed(&b, BREAKER_USE, 5001));
    CU_ASSERT_EQUAL(b.open_until_ns, 6001);
    breaker_clear(&b);
}

static void one_failure_can_be_enough(void)
{
    struct breaker_rules strict = rules;
    strict.failures = 1;
    struct breaker b;
    breaker_init(&b, &strict);
    CU_ASSERT(breaker_failed(&b, BREAKER_USE, 1));
    CU_ASSERT_EQUAL(b.state, BREAKER_OPEN);
    breaker_clear(&b);
}

UNIT_MAIN("breaker", UNIT(it_opens_at_n_failures_within_t),
          UNIT(success_between_failures_does_not_hide_them),
          UNIT(exactly_one_message_tries_after_the_back_off),
          UNIT(a_failed_trial_doubles_the_back_off_up_to_its_limit),
          UNIT(what_was_on_its_way_when_it_opened_changes_nothing),
          UNIT(a_trial_without_a_call_leaves_it_to_the_next_message),
          UNIT(one_that_breaks_again_soon_stays_out_longer),
          UNIT(reset_forgets_everything), UNIT(one_failure_can_be_enough))
