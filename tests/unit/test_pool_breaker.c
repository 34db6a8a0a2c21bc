/* SPDX-License-Identifier: MIT */
/* A plugin that fails too often is left out, is told of, is tried, and comes back. */
#include "pooling.h"
#include "unit.h"

#include <string.h>

enum {
    BACKOFF_MS = 250
};

#define FOUND "ASSAY-TEST-FOUND"
#define DIES  FOUND " ASSAY-TEST-SEGV"
#define HANG  FOUND " ASSAY-TEST-HANG"
#define POOL                                                                   \
    "[pool]\nworkers_min = 1\nworkers_max = 1\nplugin_time = 20 s\n"           \
    "breaker_failures = 3\nbreaker_backoff = 250 ms\n"
#define MAIN  "[plugin word]\nfile = @/crash_on_word.so\nclass = main\n"
#define APART "[plugin word]\nfile = @/crash_on_word.so\nclass = apart\n"

/* A pool whose plugin is out. */
static struct pooling *open_broken(const char *conf)
{
    struct pooling *p = pooling_open(conf, NULL);
    for (int i = 0; i < 3; i++)
        CU_ASSERT_STRING_EQUAL(pooling_scan(p, DIES), "word:crash");
    CU_ASSERT_EQUAL(pooling_logged(p, "event=plugin.out"), 1);
    CU_ASSERT_STRING_EQUAL(pooling_scan(p, FOUND), "word:out");
    return p;
}

static void one_that_fails_too_often_is_out_and_comes_back(void)
{
    static const char *const confs[] = {POOL MAIN, POOL APART};
    for (size_t i = 0; i < G_N_ELEMENTS(confs); i++) {
        struct pooling *p = open_broken(confs[i]);
        CU_ASSERT_EQUAL(pooling_logged(p, "event=plugin.back"), 0);
        pooling_run(p, BACKOFF_MS + 50);
        CU_ASSERT_STRING_EQUAL(pooling_scan(p, FOUND), "word:Test.Word");
        CU_ASSERT_EQUAL(pooling_logged(p, "event=plugin.back"), 1);
        CU_ASSERT_STRING_EQUAL(pooling_scan(p, FOUND), "word:Test.Word");
        pooling_free(p);
    }
}

static void a_trial_that_fails_keeps_it_out_longer(void)
{
    static const char *const confs[] = {POOL MAIN, POOL APART};
    for (size_t i = 0; i < G_N_ELEMENTS(confs); i++) {
        struct pooling *p = open_broken(confs[i]);
        pooling_run(p, BACKOFF_MS + 50);
        CU_ASSERT_STRING_EQUAL(pooling_scan(p, DIES), "word:crash");
        CU_ASSERT_EQUAL(pooling_logged(p, "event=plugin.out"), 2);
        pooling_run(p, BACKOFF_MS + 50);
        CU_ASSERT_STRING_EQUAL(pooling_scan(p, FOUND), "word:out");
        pooling_run(p, BACKOFF_MS);
        CU_ASSERT_STRING_EQUAL(pooling_scan(p, FOUND), "word:Test.Word");
        pooling_free(p);
    }
}

static void a_trial_that_is_cancelled_leaves_it_to_the_next(void)
{
    static const char *const confs[] = {POOL MAIN, POOL APART};
    for (size_t i = 0; i < G_N_ELEMENTS(confs); i++) {
        struct pooling *p = open_broken(confs[i]);
        pooling_run(p, BACKOFF_MS + 50);
        struct asked *trial = pooling_ask(p, HANG, POOL_TRANSPORT);
        pooling_run(p, 100);
        pooling_cancel(trial);
        /* A guest is left alone for a moment, then ended, and another one started. */
        const char *findings = pooling_scan(p, FOUND);
        for (int k = 0; k < 50 && strcmp(findings, "word:out") == 0; k++) {
            pooling_run(p, 100);
            findings = pooling_scan(p, FOUND);
        }
        CU_ASSERT_STRING_EQUAL(findings, "word:Test.Word");
        pooling_free(p);
    }
}

static void a_message_that_it_does_not_look_at_is_no_trial(void)
{
    struct pooling *p = open_broken(POOL MAIN);
    pooling_run(p, BACKOFF_MS + 50);
    CU_ASSERT_STRING_EQUAL(pooling_scan(p, NULL), ""); /* has no body */
    CU_ASSERT_EQUAL(pooling_logged(p, "event=plugin.back"), 0);
    CU_ASSERT_STRING_EQUAL(pooling_scan(p, FOUND), "word:Test.Word");
    CU_ASSERT_EQUAL(pooling_logged(p, "event=plugin.back"), 1);
    pooling_free(p);
}

static void two_that_are_out_are_tried_one_after_the_other(void)
{
    struct pooling *p = pooling_open(
        POOL "[plugin one]\nfile = @/crash_on_word.so\nclass = main\n"
             "[plugin two]\nfile = @/crash_on_word.so\nclass = main\n",
        NULL);
    for (int i = 0; i < 3; i++)
        CU_ASSERT_STRING_EQUAL(pooling_scan(p, DIES),
                               "one:crash two:crash core:deadly");
    CU_ASSERT_EQUAL(pooling_logged(p, "event=plugin.out"), 2);
    CU_ASSERT_STRING_EQUAL(pooling_scan(p, FOUND), "one:out two:out");
    pooling_run(p, BACKOFF_MS + 50);
    CU_ASSERT_STRING_EQUAL(pooling_scan(p, FOUND), "one:Test.Word two:out");
    CU_ASSERT_STRING_EQUAL(pooling_scan(p, FOUND),
                           "one:Test.Word two:Test.Word");
    pooling_free(p);
}

UNIT_MAIN("pool_breaker", UNIT(one_that_fails_too_often_is_out_and_comes_back),
          UNIT(a_trial_that_fails_keeps_it_out_longer),
          UNIT(a_trial_that_is_cancelled_leaves_it_to_the_next),
          UNIT(a_message_that_it_does_not_look_at_is_no_trial),
          UNIT(two_that_are_out_are_tried_one_after_the_other))
