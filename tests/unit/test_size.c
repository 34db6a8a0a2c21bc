/* SPDX-License-Identifier: MIT */
/*
 * How many workers a class has, with a simulated clock and simulated workers.
 */
#include "pool/size.h"
#include "unit.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    MIN_WORKERS = 2,
    MAX_WORKERS = 9,
    FORK_MS = 10,
    TICK_MS = 10
};

static const uint64_t ms_ns = 1000000;

/* A class: a fork takes FORK_MS. */
struct world {
    struct size size;
    struct size_load load;
    unsigned wanted;
    unsigned target; /* of the forks under way */
    uint64_t target_ms;
    uint64_t now_ms;
    unsigned forks;
};

static void begin(struct world *w)
{
    *w = (struct world){
        .load = {.min = MIN_WORKERS, .max = MAX_WORKERS, .ready = MIN_WORKERS},
        .wanted = MIN_WORKERS,
        .target = MIN_WORKERS,
        .now_ms = 1000,
    };
}

/* `work` pieces of work are there all the time. */
static void pass(struct world *w, uint64_t ms, unsigned work)
{
    for (uint64_t end = w->now_ms + ms; w->now_ms < end; w->now_ms += TICK_MS) {
        if (w->load.ready < w->target && w->now_ms >= w->target_ms)
            w->load.ready = w->target;
        w->load.busy = work < w->load.ready ? work : w->load.ready;
        w->load.waiting = work - w->load.busy;
        unsigned wanted =
            size_want(&w->size, &w->load, w->wanted, w->now_ms * ms_ns);
        if (wanted > w->wanted) {
            w->forks += wanted - w->wanted;
            w->target_ms = w->now_ms + FORK_MS;
        } else if (wanted < w->load.ready) {
            w->load.ready = wanted;
        }
        w->wanted = w->target = wanted;
    }
}

static void an_idle_class_stays_small(void)
{
    struct world w;
    begin(&w);
    pass(&w, 120000, 0);
    CU_ASSERT_EQUAL(w.wanted, MIN_WORKERS);
    CU_ASSERT_EQUAL(w.forks, 0);
}

static void work_that_does_not_wait_adds_none(void)
{
    struct world w;
    begin(&w);
    pass(&w, 60000, MIN_WORKERS);
    CU_ASSERT_EQUAL(w.wanted, MIN_WORKERS);
}

static void a_short_burst_adds_none(void)
{
    struct world w;
    begin(&w);
    for (unsigned i = 0; i < 100; i++) {
        pass(&w, TICK_MS, 20);
        pass(&w, TICK_MS, 0);
    }
    CU_ASSERT_EQUAL(w.wanted, MIN_WORKERS);
}

static void waiting_work_adds_as_many_as_wait(void)
{
    struct world w;
    begin(&w);
    pass(&w, 200, MIN_WORKERS + 1);
    CU_ASSERT_EQUAL(w.wanted, MIN_WORKERS + 1);
}

static void a_flood_reaches_the_most_in_a_few_steps(void)
{
    struct world w;
    begin(&w);
    pass(&w, 100, 1000);
    CU_ASSERT_EQUAL(w.wanted, MAX_WORKERS);
    pass(&w, 10000, 1000);
    CU_ASSERT_EQUAL(w.wanted, MAX_WORKERS);
    CU_ASSERT_EQUAL(w.forks, MAX_WORKERS - MIN_WORKERS);
}

static void no_more_are_wanted_before_the_last_are_there(void)
{
    struct size size = {0};
    const struct size_load load = {
        .min = 1, .max = 9, .ready = 2, .busy = 2, .waiting = 50};
    for (unsigned i = 0; i < 100; i++)
        CU_ASSERT_EQUAL(size_want(&size, &load, 4, (1000 + i * 10) * ms_ns), 4);
}

static void after_a_flood_they_leave_one_by_one(void)
{
    struct world w;
    begin(&w);
    pass(&w, 1000, 1000);
    pass(&w, 29000, 0);
    CU_ASSERT_EQUAL(w.wanted, MAX_WORKERS);
    pass(&w, 2000, 0);
    CU_ASSERT_EQUAL(w.wanted, MAX_WORKERS - 1);
    pass(&w, 30100, 0);
    CU_ASSERT_EQUAL(w.wanted, MAX_WORKERS - 2);
    pass(&w, 600000, 0);
    CU_ASSERT_EQUAL(w.wanted, MIN_WORKERS);
}

static void those_that_are_needed_now_and_then_stay(void)
{
    struct world w;
    begin(&w);
    pass(&w, 1000, 1000);
    for (unsigned i = 0; i < 20; i++) {
        pass(&w, 20000, 1);
        pass(&w, TICK_MS, MAX_WORKERS);
    }
    CU_ASSERT_EQUAL(w.wanted, MAX_WORKERS);
}

static void bounds_hold_whatever_was_wanted(void)
{
    struct size size = {0};
    const struct size_load load = {.min = 3, .max = 5};
    CU_ASSERT_EQUAL(size_want(&size, &load, 1, ms_ns), 3);
    CU_ASSERT_EQUAL(size_want(&size, &load, 50, ms_ns), 5);
}

UNIT_MAIN("size", UNIT(an_idle_class_stays_small),
          UNIT(work_that_does_not_wait_adds_none),
          UNIT(a_short_burst_adds_none),
          UNIT(waiting_work_adds_as_many_as_wait),
          UNIT(a_flood_reaches_the_most_in_a_few_steps),
          UNIT(no_more_are_wanted_before_the_last_are_there),
          UNIT(after_a_flood_they_leave_one_by_one),
          UNIT(those_that_are_needed_now_and_then_stay),
          UNIT(bounds_hold_whatever_was_wanted))
