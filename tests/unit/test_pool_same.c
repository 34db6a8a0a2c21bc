/* SPDX-License-Identifier: MIT */
/* Equal messages are scanned once and answered each. */
#include "pooling.h"
#include "unit.h"

#include <string.h>

enum {
    SAME = 10
};

#define WORD  "[plugin word]\nfile = @/crash_on_word.so\nclass = main\n"
#define HANG  "ASSAY-TEST-HANG"
#define FOUND "ASSAY-TEST-FOUND"
#define ONE   "[pool]\nworkers_min = 1\nworkers_max = 1\n"

static struct pooling *open_busy(struct asked **busy)
{
    struct pooling *p = pooling_open(ONE WORD, NULL);
    *busy = pooling_ask(p, HANG, POOL_TRANSPORT);
    pooling_run(p, 100);
    CU_ASSERT_PTR_NOT_NULL((*busy)->job);
    return p;
}

static void expect_all(struct asked *const *asked, unsigned n, const char *what)
{
    for (unsigned i = 0; i < n; i++) {
        CU_ASSERT_EQUAL(asked[i]->answers, 1);
        CU_ASSERT_STRING_EQUAL(asked[i]->findings, what);
    }
}

static void ten_that_wait_are_one_scan_and_ten_answers(void)
{
    struct asked *busy;
    struct pooling *p = open_busy(&busy);
    struct asked *asked[SAME];
    for (int i = 0; i < SAME; i++)
        asked[i] = pooling_ask_as(p, FOUND, POOL_ON_DEMAND, 1, 0);
    CU_ASSERT_EQUAL(pool_waiting(p->pool), 1);
    CU_ASSERT_EQUAL(pool_unanswered(p->pool), SAME + 1);
    pooling_cancel(busy);
    CU_ASSERT(pooling_wait(p, NULL));
    expect_all(asked, SAME, "word:Test.Word");
    pooling_free(p);
}

static void other_contents_and_transport_are_scanned_themselves(void)
{
    struct asked *busy;
    struct pooling *p = open_busy(&busy);
    struct asked *asked[5];
    asked[0] = pooling_ask_as(p, FOUND, POOL_ON_DEMAND, 1, 0);
    asked[1] = pooling_ask_as(p, FOUND, POOL_ON_DEMAND, 2, 0);
    asked[2] = pooling_ask_as(p, FOUND, POOL_ON_DEMAND, 0, 0);
    asked[3] = pooling_ask_as(p, FOUND, POOL_TRANSPORT, 1, 0);
    asked[4] = pooling_ask_as(p, FOUND, POOL_TRANSPORT, 1, 0);
    CU_ASSERT_EQUAL(pool_waiting(p->pool), 5);
    pooling_cancel(busy);
    CU_ASSERT(pooling_wait(p, NULL));
    expect_all(asked, 5, "word:Test.Word");
    pooling_free(p);
}

static void one_of_them_that_is_cancelled_costs_the_others_nothing(void)
{
    for (unsigned which = 0; which < 3; which++) {
        struct asked *busy;
        struct pooling *p = open_busy(&busy);
        struct asked *asked[3];
        for (int i = 0; i < 3; i++)
            asked[i] = pooling_ask_as(p, FOUND, POOL_ON_DEMAND, 1, 0);
        pooling_cancel(asked[which]);
        CU_ASSERT_EQUAL(pool_waiting(p->pool), 1);
        pooling_cancel(busy);
        CU_ASSERT(pooling_wait(p, NULL));
        for (unsigned i = 0; i < 3; i++)
            if (i != which)
                expect_all(&asked[i], 1, "word:Test.Word");
        CU_ASSERT_EQUAL(asked[which]->answers, 0);
        pooling_free(p);
    }
}

static void who_leads_may_be_cancelled_while_its_scan_runs(void)
{
    struct pooling *p =
        pooling_open(ONE "plugin_time = 400 ms\nplugin_warn = 0\n" WORD, NULL);
    struct asked *asked[3];
    for (int i = 0; i < 3; i++)
        asked[i] = pooling_ask_as(p, HANG, POOL_ON_DEMAND, 1, 0);
    pooling_run(p, 100);
    g_autofree char *before = pooling_pids(p);
    pooling_cancel(asked[0]);
    pooling_run(p, 50);
    g_autofree char *after = pooling_pids(p);
    CU_ASSERT_STRING_EQUAL(after, before);
    CU_ASSERT(pooling_wait(p, NULL));
    expect_all(asked + 1, 2, "word:timeout");
    CU_ASSERT_EQUAL(asked[1]->tries, 2);
    pooling_free(p);
}

static void who_takes_the_lead_keeps_its_place(void)
{
    struct asked *busy;
    struct pooling *p = open_busy(&busy);
    const struct asked *before = pooling_ask(p, "", POOL_ON_DEMAND);
    struct asked *leader = pooling_ask_as(p, FOUND, POOL_BACKGROUND, 1, 0);
    const struct asked *same = pooling_ask_as(p, FOUND, POOL_BACKGROUND, 1, 0);
    const struct asked *sooner = pooling_ask_as(p, FOUND, POOL_ON_DEMAND, 1, 0);
    const struct asked *after = pooling_ask(p, "", POOL_ON_DEMAND);
    /* The scan is wanted on demand, whoever of the three leads. */
    pooling_cancel(leader);
    pooling_cancel(busy);
    CU_ASSERT(pooling_wait(p, NULL));
    CU_ASSERT_EQUAL(before->place, 1);
    CU_ASSERT_EQUAL(same->place, 2);
    CU_ASSERT_EQUAL(sooner->place, 3);
    CU_ASSERT_EQUAL(after->place, 4);
    pooling_free(p);
}

static void each_has_its_own_deadline(void)
{
    struct asked *busy;
    struct pooling *p = open_busy(&busy);
    const struct asked *short_lead =
        pooling_ask_as(p, FOUND, POOL_ON_DEMAND, 1, 50);
    const struct asked *longer = pooling_ask_as(p, FOUND, POOL_ON_DEMAND, 1, 0);
    const struct asked *hasty =
        pooling_ask_as(p, FOUND, POOL_ON_DEMAND, 1, 100);
    CU_ASSERT(pooling_wait(p, short_lead));
    CU_ASSERT(pooling_wait(p, hasty));
    CU_ASSERT_PTR_NOT_NULL(longer->job);
    CU_ASSERT_STRING_EQUAL(short_lead->findings, "core:deadline");
    CU_ASSERT_STRING_EQUAL(hasty->findings, "core:deadline");
    CU_ASSERT(hasty->took_ns < UINT64_C(1000000000));
    pooling_cancel(busy);
    CU_ASSERT(pooling_wait(p, NULL));
    CU_ASSERT_STRING_EQUAL(longer->findings, "word:Test.Word");
    pooling_free(p);
}

static struct asked *to_cancel;

static void cancel_another(struct asked *asked)
{
    (void)asked;
    if (to_cancel->job != NULL)
        pooling_cancel(to_cancel);
}

static void an_answer_may_cancel_another_that_waits_for_the_same(void)
{
    struct asked *busy;
    struct pooling *p = open_busy(&busy);
    struct asked *asked[3];
    for (int i = 0; i < 3; i++)
        asked[i] = pooling_ask_as(p, FOUND, POOL_ON_DEMAND, 1, 0);
    asked[0]->then = cancel_another;
    to_cancel = asked[1];
    pooling_cancel(busy);
    CU_ASSERT(pooling_wait(p, NULL));
    CU_ASSERT_EQUAL(asked[0]->answers, 1);
    CU_ASSERT_EQUAL(asked[1]->answers, 0);
    CU_ASSERT_EQUAL(asked[2]->answers, 1);
    pooling_free(p);
}

static void an_answer_may_cancel_another_that_is_late_too(void)
{
    struct asked *busy;
    struct pooling *p = open_busy(&busy);
    struct asked *asked[2];
    for (int i = 0; i < 2; i++) {
        asked[i] = pooling_ask_as(p, FOUND, POOL_ON_DEMAND, 0, 20);
        asked[i]->then = cancel_another;
    }
    /* Whichever is first cancels the other one, or itself not at all. */
    to_cancel = asked[1];
    pooling_run(p, 100);
    CU_ASSERT_EQUAL(asked[0]->answers, 1);
    CU_ASSERT_PTR_NULL(asked[1]->job);
    pooling_cancel(busy);
    pooling_free(p);
}

UNIT_MAIN("pool_same", UNIT(ten_that_wait_are_one_scan_and_ten_answers),
          UNIT(other_contents_and_transport_are_scanned_themselves),
          UNIT(one_of_them_that_is_cancelled_costs_the_others_nothing),
          UNIT(who_leads_may_be_cancelled_while_its_scan_runs),
          UNIT(who_takes_the_lead_keeps_its_place),
          UNIT(each_has_its_own_deadline),
          UNIT(an_answer_may_cancel_another_that_waits_for_the_same),
          UNIT(an_answer_may_cancel_another_that_is_late_too))
