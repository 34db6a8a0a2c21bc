/* SPDX-License-Identifier: MIT */
#include "pool/trial.h"
#include "unit.h"

#include <signal.h>
#include <string.h>

static struct death crash(const char *scanner)
{
    struct death death = {
        .scanner = scanner, .cause = DEATH_SIGNAL, .number = SIGSEGV};
    g_strlcpy(death.where, "2!a.zip", sizeof death.where);
    return death;
}

static void the_only_plugin_of_a_class_is_to_blame(void)
{
    struct trial trial = {0};
    struct death death = crash("one");
    CU_ASSERT_STRING_EQUAL(trial_died(&trial, &death, false), "one");
    CU_ASSERT_EQUAL(trial.step, TRIAL_WITHOUT);
    CU_ASSERT_TRUE(trial_lived(&trial));
}

static void a_suspect_with_neighbours_is_tried_alone_first(void)
{
    struct trial trial = {0};
    struct death death = crash("one");
    CU_ASSERT_PTR_NULL(trial_died(&trial, &death, true));
    CU_ASSERT_EQUAL(trial.step, TRIAL_ALONE);
    CU_ASSERT_STRING_EQUAL(trial.suspect, "one");
    CU_ASSERT_STRING_EQUAL(trial_died(&trial, &death, true), "one");
    CU_ASSERT_EQUAL(trial.step, TRIAL_WITHOUT);
}

static void who_lives_alone_is_not_blamed_but_asked_again(void)
{
    struct trial trial = {0};
    struct death death = crash("one");
    trial_died(&trial, &death, true);
    CU_ASSERT_FALSE(trial_lived(&trial)); /* answers nothing yet */
    CU_ASSERT_EQUAL(trial.step, TRIAL_WHOLE);
    CU_ASSERT_TRUE(trial_lived(&trial));
    CU_ASSERT_FALSE(trial.has_guilty);
}

static void who_does_not_return_is_blamed_at_once(void)
{
    struct trial trial = {0};
    struct death death = crash("slow");
    death.cause = DEATH_TIMEOUT;
    CU_ASSERT_STRING_EQUAL(trial_died(&trial, &death, true), "slow");
    CU_ASSERT_EQUAL(trial.step, TRIAL_WITHOUT);
}

static void a_message_that_kills_twice_is_held(void)
{
    struct trial trial = {0};
    struct death one = crash("one");
    struct death two = crash("two");
    trial_died(&trial, &one, false);
    trial_died(&trial, &two, false);
    CU_ASSERT_EQUAL(trial.step, TRIAL_HELD);
    CU_ASSERT_STRING_EQUAL(trial.guilty.scanner, "one");
    CU_ASSERT_STRING_EQUAL(trial.last.scanner, "two");
}

static void a_guest_that_dies_is_spared_and_a_second_one_holds(void)
{
    struct trial trial = {0};
    struct death one = crash("one");
    struct death two = crash("two");
    CU_ASSERT_FALSE(trial_spares(&trial, one.scanner));
    CU_ASSERT_TRUE(trial_guest_died(&trial, &one));
    CU_ASSERT_EQUAL(trial.step, TRIAL_WHOLE);
    CU_ASSERT_TRUE(trial_spares(&trial, one.scanner));
    CU_ASSERT_FALSE(trial_spares(&trial, two.scanner));
    CU_ASSERT_TRUE(trial_guest_died(&trial, &one)); /* it was on its way */
    CU_ASSERT_FALSE(trial_guest_died(&trial, &two));
    CU_ASSERT_EQUAL(trial.step, TRIAL_HELD);
}

static void a_guest_and_a_worker_of_home_are_two(void)
{
    struct trial guest_first = {0};
    struct trial home_first = {0};
    struct death one = crash("one");
    struct death two = crash("two");
    trial_guest_died(&guest_first, &one);
    CU_ASSERT_STRING_EQUAL(trial_died(&guest_first, &two, false), "two");
    CU_ASSERT_EQUAL(guest_first.step, TRIAL_HELD);
    trial_died(&home_first, &one, false);
    CU_ASSERT_FALSE(trial_guest_died(&home_first, &two));
    CU_ASSERT_EQUAL(home_first.step, TRIAL_HELD);
}

static void a_death_of_core_is_tried_once_more(void)
{
    struct trial trial = {0};
    struct death death = crash(NULL);
    CU_ASSERT_PTR_NULL(trial_died(&trial, &death, true));
    CU_ASSERT_EQUAL(trial.step, TRIAL_WHOLE);
    trial_died(&trial, &death, true);
    CU_ASSERT_EQUAL(trial.step, TRIAL_HELD);
}

static void a_death_from_outside_is_nobodys(void)
{
    struct trial trial = {0};
    struct death death = crash("one");
    death.cause = DEATH_OUTSIDE;
    for (int i = 0; i < TRIAL_OUTSIDE_MAX; i++) {
        CU_ASSERT_PTR_NULL(trial_died(&trial, &death, false));
        CU_ASSERT_EQUAL(trial.step, TRIAL_WHOLE);
    }
    trial_died(&trial, &death, false);
    CU_ASSERT_EQUAL(trial.step, TRIAL_HELD);
    CU_ASSERT_FALSE(trial.has_guilty);
}

static void a_death_is_told_in_words(void)
{
    static const struct {
        enum death_cause cause;
        int number;
        const char *name;
        const char *text;
    } cases[] = {
        {DEATH_SIGNAL, SIGSEGV, "crash",
         "ended by SIGSEGV while it looked at 2!a.zip"},
        {DEATH_EXIT, 3, "crash",
         "ended its process while it looked at 2!a.zip"},
        {DEATH_TIMEOUT, 0, "timeout",
         "did not return in time and was ended while it looked at 2!a.zip"},
        {DEATH_MEMORY, 0, "memory",
         "took more memory than it may while it looked at 2!a.zip"},
        {DEATH_OUTSIDE, 0, "killed",
         "its process was killed from outside while it looked at 2!a.zip"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct death death = crash("one");
        death.cause = cases[i].cause;
        death.number = cases[i].number;
        g_autofree char *text = death_text(&death);
        CU_ASSERT_STRING_EQUAL(death_name(&death), cases[i].name);
        CU_ASSERT_STRING_EQUAL(text, cases[i].text);
    }
}

UNIT_MAIN("trial", UNIT(the_only_plugin_of_a_class_is_to_blame),
          UNIT(a_suspect_with_neighbours_is_tried_alone_first),
          UNIT(who_lives_alone_is_not_blamed_but_asked_again),
          UNIT(who_does_not_return_is_blamed_at_once),
          UNIT(a_message_that_kills_twice_is_held),
          UNIT(a_guest_that_dies_is_spared_and_a_second_one_holds),
          UNIT(a_guest_and_a_worker_of_home_are_two),
          UNIT(a_death_of_core_is_tried_once_more),
          UNIT(a_death_from_outside_is_nobodys), UNIT(a_death_is_told_in_words))
