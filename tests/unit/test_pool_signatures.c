/* SPDX-License-Identifier: MIT */
/* An engine with old signatures, or with those for tests, is not believed when it finds
 * nothing. */
#include "host/card.h"
#include "pool/signatures.h"
#include "pooling.h"
#include "unit.h"

#include <string.h>

#define ONE_WORKER "[pool]\nworkers_min = 1\nworkers_max = 1\n"
#define ENGINE     ONE_WORKER "[plugin engine]\nfile = @/engine.so\n"
#define EICAR      "EICAR-STANDARD-ANTIVIRUS-TEST-FILE"

enum {
    DAY_S = 86400
};

static const struct signature_rules strict = {.max_age_s = 7 * DAY_S,
                                              .refuses_test = true};

static void whom_the_rules_doubt(void)
{
    static const int64_t now_s = 1800000000;

    static const struct {
        struct signature_rules rules;
        uint64_t flags;
        int64_t time;
        uint32_t stamp_flags;
        bool has_stamp;
        const char *doubt; /* a word of it */
    } cases[] = {
        {strict, ASSAY_FLAG_MALWARE, now_s - 8 * DAY_S, 0, true, "8.0 days"},
        {strict, ASSAY_FLAG_MALWARE, now_s - 6 * DAY_S, 0, true, NULL},
        {strict, ASSAY_FLAG_MALWARE, now_s, ASSAY_STAMP_TEST_ONLY, true,
         "allow_test_signatures"},
        /* clocks that jumped, engines that do not tell, and what is no engine */
        {strict, ASSAY_FLAG_MALWARE, now_s + DAY_S, 0, true, NULL},
        {strict, ASSAY_FLAG_MALWARE, 0, 0, true, NULL},
        {strict, ASSAY_FLAG_MALWARE, now_s - 8 * DAY_S, 0, false, NULL},
        {strict, 0, now_s - 8 * DAY_S, ASSAY_STAMP_TEST_ONLY, true, NULL},
        /* what is allowed */
        {{0}, ASSAY_FLAG_MALWARE, 1, ASSAY_STAMP_TEST_ONLY, true, NULL},
        {{.max_age_s = DAY_S},
         ASSAY_FLAG_MALWARE,
         1,
         ASSAY_STAMP_TEST_ONLY,
         true,
         NULL},
        {{.refuses_test = true}, ASSAY_FLAG_MALWARE, 1, 0, true, NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct card card = {
            .name = "engine",
            .flags = cases[i].flags,
            .has_stamp = cases[i].has_stamp,
            .stamp = {.database_time = cases[i].time,
                      .flags = cases[i].stamp_flags},
        };
        g_autofree char *doubt =
            signatures_doubt(&cases[i].rules, &card, now_s);
        CU_ASSERT_EQUAL(doubt != NULL, cases[i].doubt != NULL);
        if (doubt != NULL && cases[i].doubt != NULL)
            CU_ASSERT_PTR_NOT_NULL(strstr(doubt, cases[i].doubt));
    }
}

static struct pooling *open_strict(const char *conf)
{
    const struct pool_how how = {.signatures = strict};
    struct pooling *p = pooling_open(conf, &how);
    CU_ASSERT_PTR_NOT_NULL_FATAL(p->pool);
    return p;
}

static void what_it_does_not_find_has_not_been_looked_for(void)
{
    static const char *const doubted[] = {ENGINE "days = 8\n",
                                          ENGINE "tests = yes\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(doubted); i++) {
        struct pooling *p = open_strict(doubted[i]);
        CU_ASSERT_STRING_EQUAL(pooling_scan(p, "clean"), "engine:signatures");
        CU_ASSERT_STRING_EQUAL(pooling_scan(p, EICAR),
                               "engine:Eicar engine:signatures");
        pooling_free(p);
    }
}

static void one_that_is_fresh_is_believed(void)
{
    struct pooling *p = open_strict(ENGINE "days = 6\n");
    CU_ASSERT_STRING_EQUAL(pooling_scan(p, "clean"), "");
    CU_ASSERT_STRING_EQUAL(pooling_scan(p, EICAR), "engine:Eicar");
    pooling_free(p);
}

static void without_rules_all_are_believed(void)
{
    struct pooling *p = pooling_open(ENGINE "days = 800\ntests = yes\n", NULL);
    CU_ASSERT_STRING_EQUAL(pooling_scan(p, "clean"), "");
    pooling_free(p);
}

/* As an alarm sees it. */
struct seen {
    unsigned plugins;
    unsigned doubted;
};

static void see(void *self, const struct pool_plugin *plugin)
{
    struct seen *seen = self;
    seen->plugins++;
    seen->doubted += plugin->doubt != NULL;
    CU_ASSERT_STRING_EQUAL(plugin->name, "engine");
    CU_ASSERT_EQUAL(plugin->breaker, BREAKER_CLOSED);
}

static void doubts_are_told_for_alarms(void)
{
    struct pooling *p = open_strict(ENGINE "days = 8\n");
    struct seen seen = {0};
    pool_each_plugin(p->pool, see, &seen);
    CU_ASSERT_EQUAL(seen.plugins, 1);
    CU_ASSERT_EQUAL(seen.doubted, 1);
    pooling_free(p);
}

UNIT_MAIN("pool_signatures", UNIT(whom_the_rules_doubt),
          UNIT(what_it_does_not_find_has_not_been_looked_for),
          UNIT(one_that_is_fresh_is_believed),
          UNIT(without_rules_all_are_believed),
          UNIT(doubts_are_told_for_alarms))
