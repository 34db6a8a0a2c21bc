/* SPDX-License-Identifier: MIT */
/* Who goes first, who waits for whom, who is turned away, who is given up. */
#include "pooling.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

enum {
    MANY = 1000,
    SAME = 10,
    SOON_MS = 500 /* tens of milliseconds, and room for a loaded machine */
};

#define WORD  "[plugin word]\nfile = @/crash_on_word.so\nclass = main\n"
#define HANG  "ASSAY-TEST-HANG"
#define FOUND "ASSAY-TEST-FOUND"
#define ONE   "[pool]\nworkers_min = 1\nworkers_max = 1\n"

/* One worker, and a message on it that does not end. */
static struct pooling *open_busy(const char *options, struct asked **busy)
{
    g_autofree char *conf = g_strconcat(ONE, options, WORD, NULL);
    struct pooling *p = pooling_open(conf, NULL);
    *busy = pooling_ask(p, HANG, POOL_TRANSPORT);
    pooling_run(p, 100);
    CU_ASSERT_PTR_NOT_NULL((*busy)->job);
    return p;
}

static void transport_overtakes_a_thousand_in_the_background(void)
{
    struct asked *busy;
    struct pooling *p = open_busy("queue_max = 4000\n", &busy);
    for (int i = 0; i < MANY; i++)
        pooling_ask(p, "", POOL_BACKGROUND);
    const struct asked *demand = pooling_ask(p, "", POOL_ON_DEMAND);
    const struct asked *late = pooling_ask(p, FOUND, POOL_TRANSPORT);
    pooling_cancel(busy);
    CU_ASSERT(pooling_wait(p, NULL));
    CU_ASSERT_EQUAL(late->place, 1);
    CU_ASSERT_EQUAL(demand->place, 2);
    CU_ASSERT_STRING_EQUAL(late->findings, "word:Test.Word");
    CU_ASSERT_EQUAL(p->answers, MANY + 2);
    pooling_free(p);
}

static void transport_overtakes_what_already_lies_on_workers(void)
{
    struct pooling *p = pooling_open(ONE "queue_max = 4000\n" WORD, NULL);
    for (int i = 0; i < MANY; i++)
        pooling_ask(p, "", POOL_BACKGROUND);
    pool_run(p->pool, 0);
    unsigned before = p->answers;
    const struct asked *late = pooling_ask(p, "", POOL_TRANSPORT);
    CU_ASSERT(pooling_wait(p, late));
    /* The one in work, and those that were answered together with it. */
    CU_ASSERT(late->place - before <= 2 * p->options.slots);
    CU_ASSERT(pooling_wait(p, NULL));
    pooling_free(p);
}

static void within_one_priority_who_came_first_is_answered_first(void)
{
    struct asked *busy;
    struct pooling *p = open_busy("", &busy);
    const struct asked *asked[3 * SAME];
    for (int i = 0; i < 3 * SAME; i++)
        asked[i] = pooling_ask(p, "", (enum pool_priority)(i % 3));
    pooling_cancel(busy);
    CU_ASSERT(pooling_wait(p, NULL));
    for (unsigned i = 0; i < 3 * SAME; i++)
        CU_ASSERT_EQUAL(asked[i]->place, i % 3 * SAME + i / 3 + 1);
    pooling_free(p);
}

static void one_that_is_promoted_goes_before_its_equals(void)
{
    struct asked *busy;
    struct pooling *p = open_busy("", &busy);
    const struct asked *demand = pooling_ask(p, "", POOL_ON_DEMAND);
    for (int i = 0; i < SAME; i++)
        pooling_ask(p, "", POOL_BACKGROUND);
    const struct asked *last = pooling_ask(p, "", POOL_BACKGROUND);
    const struct asked *transport = pooling_ask(p, "", POOL_TRANSPORT);
    pool_promote(p->pool, last->job, POOL_ON_DEMAND);
    pooling_cancel(busy);
    CU_ASSERT(pooling_wait(p, NULL));
    CU_ASSERT_EQUAL(transport->place, 1);
    CU_ASSERT_EQUAL(demand->place, 2);
    CU_ASSERT_EQUAL(last->place, 3);
    pooling_free(p);
}

static void a_full_queue_is_answered_at_once_and_keeps_a_part_for_transport(
    void)
{
    struct asked *busy;
    struct pooling *p = open_busy("queue_max = 40\n", &busy);
    const struct asked *asked;
    unsigned taken = 0;
    while ((asked = pooling_ask(p, "", POOL_BACKGROUND))->job != NULL)
        taken++;
    CU_ASSERT_EQUAL(taken, 20);
    CU_ASSERT_STRING_EQUAL(asked->findings, "core:full");
    CU_ASSERT_EQUAL(asked->is_unread, true);
    CU_ASSERT_PTR_NOT_NULL(strstr(asked->texts, "queue_max"));
    while ((asked = pooling_ask(p, "", POOL_ON_DEMAND))->job != NULL)
        taken++;
    CU_ASSERT_EQUAL(taken, 30);
    while ((asked = pooling_ask(p, "", POOL_TRANSPORT))->job != NULL)
        taken++;
    CU_ASSERT_EQUAL(taken, 40);
    CU_ASSERT_STRING_EQUAL(asked->findings, "core:full");
    pooling_cancel(busy);
    CU_ASSERT(pooling_wait(p, NULL));
    CU_ASSERT_EQUAL(p->answers, taken + 3);
    pooling_free(p);
}

static void a_cancelled_scan_frees_its_worker_at_once(void)
{
    struct asked *busy;
    struct pooling *p = open_busy("", &busy);
    const struct asked *next = pooling_ask(p, FOUND, POOL_TRANSPORT);
    pooling_run(p, 20);
    uint64_t begin_ms = pooling_ms();
    pooling_cancel(busy);
    CU_ASSERT(pooling_wait(p, next));
    uint64_t took_ms = pooling_ms() - begin_ms;
    if (took_ms > SOON_MS)
        printf("from a cancelled scan to the next answer: %u ms\n",
               (unsigned)took_ms);
    CU_ASSERT(took_ms <= SOON_MS);
    CU_ASSERT_STRING_EQUAL(next->findings, "word:Test.Word");
    CU_ASSERT_EQUAL(next->tries, 1);
    CU_ASSERT_EQUAL(busy->answers, 0);
    pooling_free(p);
}

static void a_cancelled_scan_frees_the_worker_of_another_class_too(void)
{
    struct pooling *p = pooling_open(
        ONE "[plugin word]\nfile = @/crash_on_word.so\nclass = apart\n", NULL);
    struct asked *busy = pooling_ask(p, HANG, POOL_TRANSPORT);
    pooling_run(p, 100);
    pooling_cancel(busy);
    const struct asked *next = pooling_ask(p, FOUND, POOL_TRANSPORT);
    CU_ASSERT(pooling_wait(p, next));
    CU_ASSERT(next->took_ns < SOON_MS * UINT64_C(1000000));
    CU_ASSERT_STRING_EQUAL(next->findings, "word:Test.Word");
    pooling_free(p);
}

static void cancelling_what_no_worker_is_on_costs_none(void)
{
    struct asked *busy;
    struct pooling *p = open_busy("", &busy);
    g_autofree char *before = pooling_pids(p);
    struct asked *waits = pooling_ask(p, "", POOL_TRANSPORT);
    pooling_run(p, 20);
    pooling_cancel(waits);
    pooling_run(p, 100);
    g_autofree char *after = pooling_pids(p);
    CU_ASSERT_STRING_EQUAL(after, before);
    pooling_cancel(busy);
    pooling_free(p);
}

static void cancelling_what_is_answered_already_costs_no_worker(void)
{
    struct pooling *p = pooling_open(ONE WORD, NULL);
    CU_ASSERT(pooling_wait_ready(p, 1));
    g_autofree char *before = pooling_pids(p);
    for (int i = 0; i < 3; i++) {
        struct asked *asked = pooling_ask(p, "", POOL_TRANSPORT);
        pool_run(p->pool, 0);
        g_usleep(100000); /* its answer lies there unread */
        if (asked->job != NULL)
            pooling_cancel(asked);
        pooling_run(p, 50);
    }
    CU_ASSERT_STRING_EQUAL(pooling_scan(p, FOUND), "word:Test.Word");
    g_autofree char *after = pooling_pids(p);
    CU_ASSERT_STRING_EQUAL(after, before);
    pooling_free(p);
}

static void what_is_unanswered_at_the_end_is_answered_then(void)
{
    struct asked *busy;
    struct pooling *p = open_busy("", &busy);
    const struct asked *waits = pooling_ask(p, "", POOL_BACKGROUND);
    const struct asked *leads = pooling_ask_as(p, "", POOL_ON_DEMAND, 1, 0);
    const struct asked *joined = pooling_ask_as(p, "", POOL_ON_DEMAND, 1, 0);
    pool_end(p->pool);
    const struct asked *late = pooling_ask(p, "", POOL_TRANSPORT);
    const struct asked *all[] = {busy, waits, leads, joined, late};
    for (unsigned i = 0; i < G_N_ELEMENTS(all); i++) {
        CU_ASSERT_EQUAL(all[i]->answers, 1);
        CU_ASSERT_STRING_EQUAL(all[i]->findings, "core:ending");
        CU_ASSERT_EQUAL(all[i]->is_unread, true);
    }
    pooling_free(p);
}

UNIT_MAIN("pool", UNIT(transport_overtakes_a_thousand_in_the_background),
          UNIT(transport_overtakes_what_already_lies_on_workers),
          UNIT(within_one_priority_who_came_first_is_answered_first),
          UNIT(one_that_is_promoted_goes_before_its_equals),
          UNIT(a_full_queue_is_answered_at_once_and_keeps_a_part_for_transport),
          UNIT(a_cancelled_scan_frees_its_worker_at_once),
          UNIT(a_cancelled_scan_frees_the_worker_of_another_class_too),
          UNIT(cancelling_what_no_worker_is_on_costs_none),
          UNIT(cancelling_what_is_answered_already_costs_no_worker),
          UNIT(what_is_unanswered_at_the_end_is_answered_then))
