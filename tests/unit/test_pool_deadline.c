/* SPDX-License-Identifier: MIT */
/* Nobody takes longer than he may: a plugin, a message, its caller. */
#include "pooling.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

enum {
    LATE_MS = 150,   /* after a deadline, on a machine with time */
    LOADED_MS = 700, /* the same on one without: no test fails of that */
    MAX_TIME_GRACE_MS = 500
};

#define FOUND "ASSAY-TEST-FOUND"
#define HANG  FOUND " ASSAY-TEST-HANG"
#define WORD  "[plugin word]\nfile = @/crash_on_word.so\nclass = main\n"
#define APART "[plugin word]\nfile = @/crash_on_word.so\nclass = apart\n"
#define POOL                                                                   \
    "[pool]\nworkers_min = 1\nworkers_max = 2\nbreaker_failures = 1000\n"

static void expect_time_most(const struct asked *asked, unsigned from_ms,
                             unsigned late_ms)
{
    unsigned took_ms = (unsigned)(asked->took_ns / 1000000);
    if (took_ms > from_ms + LATE_MS)
        printf("a deadline of %u ms was kept after %u ms\n", from_ms, took_ms);
    CU_ASSERT(took_ms >= from_ms);
    CU_ASSERT(took_ms <= from_ms + late_ms);
}

static void expect_time(const struct asked *asked, unsigned from_ms)
{
    expect_time_most(asked, from_ms, LOADED_MS);
}

static void a_plugin_that_does_not_return_in_time_is_ended_and_named(void)
{
    static const char *const confs[] = {
        POOL "plugin_time = 300 ms\nplugin_warn = 0\n" WORD,
        POOL "plugin_time = 300 ms\nplugin_warn = 0\n" APART,
    };
    for (size_t i = 0; i < G_N_ELEMENTS(confs); i++) {
        struct pooling *p = pooling_open(confs[i], NULL);
        const struct asked *asked = pooling_ask(p, HANG, POOL_TRANSPORT);
        const struct asked *next = pooling_ask(p, FOUND, POOL_TRANSPORT);
        CU_ASSERT(pooling_wait(p, NULL));
        CU_ASSERT_STRING_EQUAL(asked->findings, "word:timeout");
        CU_ASSERT_PTR_NOT_NULL(strstr(asked->texts, "did not return in time"));
        CU_ASSERT_STRING_EQUAL(next->findings, "word:Test.Word");
        expect_time(asked, 300);
        pooling_free(p);
    }
}

static void what_waits_behind_a_slow_one_is_moved(void)
{
    struct pooling *p = pooling_open(
        "[pool]\nworkers_min = 2\nworkers_max = 2\nplugin_time = 5 s\n"
        "plugin_warn = 0\n" WORD,
        NULL);
    CU_ASSERT(pooling_wait_ready(p, 2));
    struct asked *slow = pooling_ask(p, HANG, POOL_TRANSPORT);
    const struct asked *asked[8];
    for (int i = 0; i < 8; i++)
        asked[i] = pooling_ask(p, FOUND, POOL_TRANSPORT);
    for (int i = 0; i < 8; i++) {
        CU_ASSERT(pooling_wait(p, asked[i]));
        CU_ASSERT(asked[i]->took_ns < UINT64_C(1000000) * LOADED_MS);
    }
    CU_ASSERT_PTR_NOT_NULL(slow->job);
    pooling_cancel(slow);
    pooling_free(p);
}

static void a_slow_plugin_is_named_in_the_log_once_a_call(void)
{
    struct pooling *p = pooling_open(
        POOL "plugin_time = 300 ms\nplugin_warn = 100 ms\n" WORD, NULL);
    CU_ASSERT_STRING_EQUAL(pooling_scan(p, FOUND), "word:Test.Word");
    CU_ASSERT_EQUAL(pooling_logged(p, "event=plugin.slow"), 0);
    CU_ASSERT_STRING_EQUAL(pooling_scan(p, HANG), "word:timeout");
    CU_ASSERT_EQUAL(pooling_logged(p, "event=plugin.slow"), 1);
    CU_ASSERT_EQUAL(pooling_logged(p, "plugin=word"), 1 + 1); /* its end too */
    CU_ASSERT_STRING_EQUAL(pooling_scan(p, HANG), "word:timeout");
    CU_ASSERT_EQUAL(pooling_logged(p, "event=plugin.slow"), 2);
    pooling_free(p);
}

static void the_callers_deadline_is_kept_whatever_hangs(void)
{
    static const char *const confs[] = {
        POOL "plugin_time = 20 s\n" WORD,
        POOL "plugin_time = 20 s\n" APART,
    };
    for (size_t i = 0; i < G_N_ELEMENTS(confs); i++) {
        struct pooling *p = pooling_open(confs[i], NULL);
        const struct asked *asked =
            pooling_ask_as(p, HANG, POOL_TRANSPORT, 0, 300);
        CU_ASSERT(pooling_wait(p, asked));
        CU_ASSERT_PTR_NOT_NULL(strstr(asked->findings, "word:timeout"));
        expect_time(asked, 300);
        pooling_free(p);
    }
}

static void the_callers_deadline_is_kept_where_no_worker_is_free(void)
{
    struct pooling *p =
        pooling_open("[pool]\nworkers_min = 1\nworkers_max = 1\n" WORD, NULL);
    struct asked *busy = pooling_ask(p, HANG, POOL_TRANSPORT);
    pooling_run(p, 50);
    const struct asked *asked =
        pooling_ask_as(p, FOUND, POOL_TRANSPORT, 0, 200);
    CU_ASSERT(pooling_wait(p, asked));
    CU_ASSERT_STRING_EQUAL(asked->findings, "core:deadline");
    CU_ASSERT(asked->is_unread);
    expect_time(asked, 200);
    pooling_cancel(busy);
    pooling_free(p);
}

static void a_scan_ends_at_max_time_though_a_plugin_does_not(void)
{
    struct pooling *p =
        pooling_open_timed(POOL "plugin_time = 20 s\n" WORD, 300);
    const struct asked *asked = pooling_ask(p, HANG, POOL_TRANSPORT);
    CU_ASSERT(pooling_wait(p, asked));
    CU_ASSERT_STRING_EQUAL(asked->findings, "word:timeout");
    expect_time_most(asked, 300, MAX_TIME_GRACE_MS + LOADED_MS);
    CU_ASSERT_STRING_EQUAL(pooling_scan(p, FOUND), "word:Test.Word");
    pooling_free(p);
}

UNIT_MAIN("pool_deadline",
          UNIT(a_plugin_that_does_not_return_in_time_is_ended_and_named),
          UNIT(what_waits_behind_a_slow_one_is_moved),
          UNIT(a_slow_plugin_is_named_in_the_log_once_a_call),
          UNIT(the_callers_deadline_is_kept_whatever_hangs),
          UNIT(the_callers_deadline_is_kept_where_no_worker_is_free),
          UNIT(a_scan_ends_at_max_time_though_a_plugin_does_not))
