/* SPDX-License-Identifier: MIT */
/* Which kind and which action a message gets, and by which line. */
#include "court.h"
#include "unit.h"

static void every_kind_leads_to_its_action(void)
{
    static const struct court_row rows[] = {
        {"",
         {{0}},
         "clean accept",
         "default: [verdict] junk_threshold = 4; SCL is 1"},
        {"", {{.scanner = "p", .name = ""}}, "clean accept", NULL},
        {"",
         {{.scanner = "p", .kind = ASSAY_KIND_INFO, .name = "i"}},
         "info accept",
         "default: [policy] info = accept"},
        {"",
         {{.scanner = "p", .kind = ASSAY_KIND_ANOMALY, .name = "a"}},
         "anomaly tag",
         NULL},
        {"",
         {{.scanner = "p", .kind = ASSAY_KIND_SPOOF, .name = "s"}},
         "spoof junk",
         NULL},
        {"",
         {{.scanner = "p", .kind = ASSAY_KIND_ENCRYPTED, .name = "e"}},
         "encrypted tag",
         NULL},
        {"",
         {{.scanner = "p", .kind = ASSAY_KIND_PARTIAL, .name = "d"}},
         "partial quarantine",
         NULL},
        {"",
         {{.scanner = "p", .kind = ASSAY_KIND_FAILED}},
         "failed defer",
         "default: [policy] failed = defer"},
        {"",
         {{.scanner = "p", .kind = ASSAY_KIND_PHISHING, .name = "p"}},
         "phishing quarantine",
         NULL},
        {"",
         {{.scanner = "p", .kind = ASSAY_KIND_MALWARE, .name = "m"}},
         "malware reject",
         "default: [policy] malware = reject"},
    };
    court_try(rows, G_N_ELEMENTS(rows));
}

static void the_strictest_action_and_the_worst_kind_win(void)
{
    static const struct court_row rows[] = {
        {"",
         {{.scanner = "p", .kind = ASSAY_KIND_ANOMALY, .name = "a"},
          {.scanner = "p", .kind = ASSAY_KIND_SPOOF, .name = "s"},
          {.scanner = "p", .kind = ASSAY_KIND_INFO, .name = "i"}},
         "spoof junk",
         "default: [policy] spoof = junk"},
        /* The worst kind need not be the one that decides. */
        {"[policy]\nmalware = tag\nanomaly = quarantine\n",
         {{.scanner = "p", .kind = ASSAY_KIND_MALWARE, .name = "m"},
          {.scanner = "p", .kind = ASSAY_KIND_ANOMALY, .name = "a"}},
         "malware quarantine",
         "t.conf:3: [policy] anomaly = quarantine"},
        /* Of two with the same action the worse one explains it. */
        {"[policy]\nanomaly = reject\n",
         {{.scanner = "p", .kind = ASSAY_KIND_ANOMALY, .name = "a"},
          {.scanner = "p", .kind = ASSAY_KIND_MALWARE, .name = "m"}},
         "malware reject",
         "default: [policy] malware = reject"},
        /* Rejecting what is known bad comes before trying again later. */
        {"",
         {{.scanner = "p", .kind = ASSAY_KIND_MALWARE, .name = "m"},
          {.scanner = "q", .kind = ASSAY_KIND_FAILED}},
         "malware reject",
         NULL},
        /* "Could not look" is never clean, even where it is let through. */
        {"[policy]\nfailed = accept\n",
         {{.scanner = "q", .kind = ASSAY_KIND_FAILED}},
         "failed accept",
         "t.conf:2: [policy] failed = accept"},
    };
    court_try(rows, G_N_ELEMENTS(rows));
}

static void advice_is_followed_as_far_as_a_plugin_may_go(void)
{
    static const struct court_row rows[] = {
        {"",
         {{.scanner = "p", .kind = ASSAY_KIND_POLICY, .name = "x"}},
         "policy quarantine",
         "default: [policy] policy = advice, which is quarantine"},
        {"",
         {{.scanner = "p",
           .kind = ASSAY_KIND_POLICY,
           .name = "x",
           .advice = ASSAY_ACTION_TAG}},
         "policy tag",
         "default: [policy] policy = advice, which is tag"},
        {"",
         {{.scanner = "p",
           .kind = ASSAY_KIND_POLICY,
           .name = "x",
           .advice = ASSAY_ACTION_REJECT}},
         "policy reject",
         NULL},
        {"",
         {{.scanner = "p",
           .kind = ASSAY_KIND_POLICY,
           .name = "x",
           .advice = ASSAY_ACTION_DISCARD}},
         "policy quarantine",
         NULL},
        {"",
         {{.scanner = "p",
           .kind = ASSAY_KIND_POLICY,
           .name = "x",
           .advice = ASSAY_ACTION_REDIRECT}},
         "policy quarantine",
         NULL},
        /* Not asked for: not heard. */
        {"[policy]\npolicy = tag\n",
         {{.scanner = "p",
           .kind = ASSAY_KIND_POLICY,
           .name = "x",
           .advice = ASSAY_ACTION_REJECT}},
         "policy tag",
         "t.conf:2: [policy] policy = tag"},
    };
    court_try(rows, G_N_ELEMENTS(rows));
}

static void malware_of_low_confidence_counts_as_suspicious(void)
{
    static const struct court_row rows[] = {
        {"",
         {{.scanner = "av",
           .kind = ASSAY_KIND_MALWARE,
           .name = "PUA.x",
           .confidence = 49}},
         "suspicious quarantine",
         "default: [policy] suspicious = quarantine; malware below [verdict] "
         "malware_confidence"},
        {"",
         {{.scanner = "av",
           .kind = ASSAY_KIND_MALWARE,
           .name = "PUA.x",
           .confidence = 50}},
         "malware reject",
         NULL},
        {"[verdict]\nmalware_confidence = 90\n[policy]\nsuspicious = advice\n",
         {{.scanner = "av",
           .kind = ASSAY_KIND_MALWARE,
           .name = "PUA.x",
           .confidence = 89,
           .advice = ASSAY_ACTION_STRIP}},
         "suspicious strip",
         "t.conf:4: [policy] suspicious = advice; malware below [verdict] "
         "malware_confidence, which is strip"},
    };
    court_try(rows, G_N_ELEMENTS(rows));
}

static void actions_are_named_and_ranked(void)
{
    static const char *const rising[] = {
        "none",     "accept",     "tag",   "junk",   "strip",
        "redirect", "quarantine", "defer", "reject", "discard",
    };
    for (uint32_t i = 0; i < G_N_ELEMENTS(rising); i++) {
        CU_ASSERT_STRING_EQUAL(verdict_action_name(i), rising[i]);
        CU_ASSERT_EQUAL(verdict_action_by_name(rising[i]), i);
        CU_ASSERT_FALSE(verdict_is_stricter(i, i));
        if (i > 0)
            CU_ASSERT(verdict_is_stricter(i, i - 1));
    }
    CU_ASSERT_EQUAL(verdict_action_by_name("drop"), ASSAY_ACTION_NONE);
    CU_ASSERT(verdict_kind_rank(ASSAY_KIND_MALWARE) >
              verdict_kind_rank(ASSAY_KIND_FAILED));
    verdict_free(NULL);
}

UNIT_MAIN("verdict", UNIT(every_kind_leads_to_its_action),
          UNIT(the_strictest_action_and_the_worst_kind_win),
          UNIT(advice_is_followed_as_far_as_a_plugin_may_go),
          UNIT(malware_of_low_confidence_counts_as_suspicious),
          UNIT(actions_are_named_and_ranked))
