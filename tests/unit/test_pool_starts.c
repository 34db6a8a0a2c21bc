/* SPDX-License-Identifier: MIT */
/*
 * Plugins that do not let their processes begin: they are named, cost nobody else
 * anything, and nobody waits for them for ever.
 */
#include "base/clock.h"
#include "host/host.h"
#include "pool/pool.h"
#include "pooled.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

enum {
    SOME = 20
};

#define GOOD                                                                   \
    "[plugin archive]\nfile = %/archive.so\nclass = main\n"                    \
    "[plugin spam]\nfile = %/spam.so\nclass = main\n"

static void submit_some(struct pooled *p)
{
    for (unsigned i = 0; i < SOME; i++)
        pooled_submit(p, POOL_TRANSPORT);
    CU_ASSERT(pooled_drain(p));
    CU_ASSERT_EQUAL(p->answered, SOME);
}

static bool tells(const struct pooled *p, const char *text)
{
    bool is_told = p->error != NULL && strstr(p->error->message, text) != NULL;
    if (!is_told)
        printf("  %s\n", p->error != NULL ? p->error->message : "opened");
    return is_told;
}

static void a_home_class_without_workers_is_an_error(void)
{
    pooled_log_begin();
    uint64_t begun_ns = clock_mono_ns();
    struct pooled *p = pooled_open(
        GOOD "[plugin bad]\nfile = @/start_dies.so\nclass = main\n");
    uint64_t ms = (clock_mono_ns() - begun_ns) / 1000000;
    g_autofree char *log = pooled_log_end();
    CU_ASSERT_PTR_NULL(p->pool);
    CU_ASSERT(tells(p, "no worker process stays alive"));
    CU_ASSERT(ms < 3000);
    CU_ASSERT_PTR_NOT_NULL(strstr(log, "event=class.barren"));
    pooled_free(p);
}

static void another_class_without_workers_costs_its_plugins_only(void)
{
    pooled_log_begin();
    struct pooled *p =
        pooled_open(GOOD "[plugin bad]\nfile = @/start_dies.so\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(p->pool);
    submit_some(p);
    g_autofree char *log = pooled_log_end();
    CU_ASSERT_EQUAL(p->unread, 0);
    CU_ASSERT_EQUAL(p->found, SOME); /* each is failed for want of it */
    CU_ASSERT(p->longest_ns < 1000000000);
    CU_ASSERT_PTR_NOT_NULL(strstr(log, "event=class.barren"));
    CU_ASSERT_PTR_NOT_NULL(strstr(log, "plugin=bad kind=down"));
    pooled_free(p);
}

static void a_home_class_that_cannot_be_loaded_is_an_error(void)
{
    pooled_log_begin();
    struct pooled *p = pooled_open(
        GOOD "[plugin bad]\nfile = @/create_dies.so\nclass = main\n");
    g_free(pooled_log_end());
    CU_ASSERT_PTR_NULL(p->pool);
    CU_ASSERT(tells(p, "bad"));
    CU_ASSERT(tells(p, "crashes in create()"));
    pooled_free(p);
}

static void another_class_that_cannot_be_loaded_is_refused(void)
{
    pooled_log_begin();
    struct pooled *p =
        pooled_open(GOOD "[plugin bad]\nfile = @/create_dies.so\n"
                         "[plugin may]\nfile = @/create_dies.so\n"
                         "optional = yes\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(p->pool);
    submit_some(p);
    g_free(pooled_log_end());
    CU_ASSERT_EQUAL(p->unread, 0);
    CU_ASSERT_EQUAL(p->found, 0);
    const GPtrArray *refusals = pool_refusals(p->pool);
    CU_ASSERT_EQUAL_FATAL(refusals->len, 2);
    const struct refusal *bad = refusals->pdata[0];
    const struct refusal *may = refusals->pdata[1];
    CU_ASSERT_STRING_EQUAL(bad->name, "bad");
    CU_ASSERT(!bad->is_optional && may->is_optional);
    CU_ASSERT_PTR_NOT_NULL(strstr(bad->text, "class bad has died"));
    CU_ASSERT_EQUAL(pool_plan(p->pool)->scanner_n, 2);
    pooled_free(p);
}

static void a_new_generation_that_cannot_start_is_turned_away(void)
{
    pooled_log_begin();
    struct pooled *p = pooled_open(GOOD);
    CU_ASSERT_PTR_NOT_NULL_FATAL(p->pool);
    CU_ASSERT(pooled_reload(p, GOOD "[plugin bad]\nfile = @/start_dies.so\n"));
    pooled_until_reloaded(p, 4, 20000);
    CU_ASSERT(p->is_reloaded && !p->is_good);
    CU_ASSERT(p->why != NULL && strstr(p->why, "bad: ") != NULL);
    CU_ASSERT(pooled_reload(p, GOOD "[plugin bad]\nfile = @/create_dies.so\n"
                                    "class = main\n"));
    pooled_until_reloaded(p, 4, 20000);
    CU_ASSERT(p->is_reloaded && !p->is_good);
    CU_ASSERT(p->why != NULL && strstr(p->why, "create()") != NULL);
    CU_ASSERT(pooled_drain(p));
    g_free(pooled_log_end());
    CU_ASSERT_EQUAL(p->found, 0);
    pooled_free(p);
}

static void loading_has_an_end(void)
{
    pooled_log_begin();
    uint64_t begun_ns = clock_mono_ns();
    struct pooled *p =
        pooled_open("[pool]\nload_time = 1 s\n" GOOD
                    "[plugin bad]\nfile = @/slow_create.so\nclass = main\n");
    uint64_t ms = (clock_mono_ns() - begun_ns) / 1000000;
    g_free(pooled_log_end());
    CU_ASSERT_PTR_NULL(p->pool);
    CU_ASSERT(tells(p, "load_time"));
    CU_ASSERT(ms < 2500);
    pooled_free(p);
}

static void what_comes_while_plugins_load_is_answered(void)
{
    struct pooled *p = pooled_start(GOOD);
    CU_ASSERT_PTR_NOT_NULL_FATAL(p->pool);
    for (unsigned i = 0; i < SOME; i++)
        pooled_submit(p, POOL_TRANSPORT);
    CU_ASSERT_EQUAL(p->answered, 0);
    CU_ASSERT(pool_await(p->pool, &p->error));
    CU_ASSERT(pooled_drain(p));
    CU_ASSERT_EQUAL(p->answered, SOME);
    CU_ASSERT_EQUAL(p->unread, 0);
    pooled_free(p);
}

static void a_start_that_nobody_waits_for_can_be_ended(void)
{
    struct pooled *p = pooled_start(GOOD);
    CU_ASSERT_PTR_NOT_NULL_FATAL(p->pool);
    for (unsigned i = 0; i < SOME; i++)
        pooled_submit(p, POOL_TRANSPORT);
    pool_end(p->pool);
    CU_ASSERT_EQUAL(p->answered, SOME);
    CU_ASSERT_EQUAL(p->unread, SOME);
    pooled_free(p);
}

static void a_flood_is_met_with_more_workers(void)
{
    struct pooled *p =
        pooled_open("[pool]\nworkers_min = 1\nworkers_max = 4\n" GOOD);
    CU_ASSERT_PTR_NOT_NULL_FATAL(p->pool);
    CU_ASSERT_EQUAL(pool_ready(p->pool), 1);
    pooled_for(p, 1, 200);
    CU_ASSERT_EQUAL(pool_ready(p->pool), 1);
    /* A busy machine needs longer. */
    for (unsigned i = 0; i < 40 && pool_ready(p->pool) < 4; i++)
        pooled_for(p, 40, 500);
    CU_ASSERT_EQUAL(pool_ready(p->pool), 4);
    CU_ASSERT(pooled_drain(p));
    CU_ASSERT_EQUAL(p->found, 0);
    pooled_free(p);
}

UNIT_MAIN("pool_starts", UNIT(a_home_class_without_workers_is_an_error),
          UNIT(another_class_without_workers_costs_its_plugins_only),
          UNIT(a_home_class_that_cannot_be_loaded_is_an_error),
          UNIT(another_class_that_cannot_be_loaded_is_refused),
          UNIT(a_new_generation_that_cannot_start_is_turned_away),
          UNIT(loading_has_an_end),
          UNIT(what_comes_while_plugins_load_is_answered),
          UNIT(a_start_that_nobody_waits_for_can_be_ended),
          UNIT(a_flood_is_met_with_more_workers))
