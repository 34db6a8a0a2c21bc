/* SPDX-License-Identifier: MIT */
#include "scan/finding.h"
#include "unit.h"

#include <string.h>

static void every_kind_has_a_name_of_its_own(void)
{
    for (uint32_t kind = 1; kind <= ASSAY_KIND_FAILED; kind++)
        CU_ASSERT_EQUAL(finding_kind_by_name(finding_kind_name(kind)), kind);
    CU_ASSERT_STRING_EQUAL(finding_kind_name(0), "clean");
    CU_ASSERT_EQUAL(finding_kind_by_name("clean"), 0);
    CU_ASSERT_EQUAL(finding_kind_by_name("virus"), 0);
}

static void kinds_are_ranked_as_people_would(void)
{
    static const char *const rising[] = {
        "info",    "anomaly", "spam",       "spoof",    "policy",  "encrypted",
        "partial", "failed",  "suspicious", "phishing", "malware",
    };
    unsigned last = finding_kind_rank(0);
    for (size_t i = 0; i < G_N_ELEMENTS(rising); i++) {
        unsigned rank = finding_kind_rank(finding_kind_by_name(rising[i]));
        CU_ASSERT(rank > last);
        last = rank;
    }
}

static void statuses_and_reasons_have_names(void)
{
    CU_ASSERT_STRING_EQUAL(finding_status_name(0), "failed");
    CU_ASSERT_STRING_EQUAL(finding_status_name(ASSAY_STATUS_UNSCANNABLE),
                           "unscannable");
    CU_ASSERT_STRING_EQUAL(finding_reason_name(0), "");
    CU_ASSERT_STRING_EQUAL(finding_reason_name(ASSAY_REASON_LIMIT_RATIO),
                           "ratio");
    for (uint32_t reason = 1; reason <= ASSAY_REASON_LIMIT_BYTES; reason++) {
        CU_ASSERT(finding_reason_is_known(reason));
        CU_ASSERT(strlen(finding_reason_name(reason)) > 0);
    }
    CU_ASSERT_FALSE(finding_reason_is_known(0));
    CU_ASSERT_FALSE(finding_reason_is_known(ASSAY_REASON_LIMIT_BYTES + 1));
}

static void a_new_finding_is_sure_and_for_all(void)
{
    struct finding *finding = finding_new("p");
    CU_ASSERT_STRING_EQUAL(finding->plugin, "p");
    CU_ASSERT_EQUAL(finding->confidence, 100);
    CU_ASSERT_EQUAL(finding->rcpt, FINDING_ALL_RCPTS);
    finding_free(finding);
    finding_free(NULL);
}

UNIT_MAIN("finding", UNIT(every_kind_has_a_name_of_its_own),
          UNIT(kinds_are_ranked_as_people_would),
          UNIT(statuses_and_reasons_have_names),
          UNIT(a_new_finding_is_sure_and_for_all))
