/* SPDX-License-Identifier: MIT */
/* What adds up to an SCL, and for whom. */
#include "court.h"
#include "unit.h"
#include "verdict/scl.h"

static void evidence_adds_up_and_the_thresholds_act(void)
{
    static const struct court_row rows[] = {
        {"",
         {{.scanner = "p",
           .kind = ASSAY_KIND_SPAM,
           .name = "a",
           .log_odds = 3000}},
         "clean accept",
         "default: [verdict] junk_threshold = 4; SCL is 4"},
        {"",
         {{.scanner = "p",
           .kind = ASSAY_KIND_SPAM,
           .name = "a",
           .log_odds = 3000},
          {.scanner = "p",
           .kind = ASSAY_KIND_SPAM,
           .name = "b",
           .log_odds = 1500}},
         "spam junk",
         "default: [verdict] junk_threshold = 4; SCL is 5"},
        {"",
         {{.scanner = "p",
           .kind = ASSAY_KIND_SPAM,
           .name = "a",
           .log_odds = 20000},
          {.scanner = "p",
           .kind = ASSAY_KIND_SPAM,
           .name = "b",
           .log_odds = -18000}},
         "clean accept",
         NULL},
        {"",
         {{.scanner = "p",
           .kind = ASSAY_KIND_SPAM,
           .name = "gtube",
           .log_odds = 20000}},
         "spam reject",
         "default: [verdict] gateway_threshold = 9; SCL is 9; default: "
         "[verdict] gateway_action = reject"},
        {"[verdict]\ngateway_threshold = 10\n",
         {{.scanner = "p",
           .kind = ASSAY_KIND_SPAM,
           .name = "gtube",
           .log_odds = 20000}},
         "spam junk",
         "default: [verdict] junk_threshold = 4; SCL is 9"},
        {"[verdict]\ngateway_threshold = 5\ngateway_action = quarantine\n",
         {{.scanner = "p",
           .kind = ASSAY_KIND_SPAM,
           .name = "a",
           .log_odds = 4500}},
         "spam quarantine",
         "t.conf:2: [verdict] gateway_threshold = 5; SCL is 5; t.conf:3: "
         "[verdict] gateway_action = quarantine"},
        {"[verdict]\nprior = 50\n",
         {{.scanner = "p",
           .kind = ASSAY_KIND_SPAM,
           .name = "a",
           .log_odds = 1200}},
         "spam junk",
         "default: [verdict] junk_threshold = 4; SCL is 5"},
        /* A stricter finding wins over the SCL, and the other way round. */
        {"",
         {{.scanner = "p",
           .kind = ASSAY_KIND_SPAM,
           .name = "a",
           .log_odds = 4500},
          {.scanner = "p", .kind = ASSAY_KIND_PHISHING, .name = "f"}},
         "phishing quarantine",
         "default: [policy] phishing = quarantine"},
        {"",
         {{.scanner = "p",
           .kind = ASSAY_KIND_SPAM,
           .name = "a",
           .log_odds = 9000},
          {.scanner = "p", .kind = ASSAY_KIND_PHISHING, .name = "f"}},
         "phishing reject",
         NULL},
        {"[policy]\njunk_threshold = 6\n",
         {{.scanner = "p",
           .kind = ASSAY_KIND_SPAM,
           .name = "a",
           .log_odds = 4500}},
         "clean accept",
         "t.conf:2: [policy] junk_threshold = 6; SCL is 5"},
    };
    court_try(rows, G_N_ELEMENTS(rows));
}

static void trusted_mail_has_scl_minus_1_but_its_malware_counts(void)
{
    static const struct court_says says[] = {
        {.scanner = "p",
         .kind = ASSAY_KIND_SPAM,
         .name = "gtube",
         .log_odds = 20000},
        {.scanner = NULL},
    };
    static const struct court_says bad[] = {
        {.scanner = "p", .kind = ASSAY_KIND_MALWARE, .name = "m"},
        {.scanner = NULL},
    };
    struct court court;
    court_open(&court, "");
    court.fake.session->is_trusted = true;
    court_decide(&court, says);
    CU_ASSERT_EQUAL(court.verdict->scl, SCL_TRUSTED);
    CU_ASSERT(court_is(&court, "clean accept"));
    CU_ASSERT(court_because(
        &court,
        "default: [verdict] rate_trusted = no; trusted mail, SCL is -1"));
    court_close(&court);

    court_open(&court, "[verdict]\nrate_trusted = yes\n");
    court.fake.session->is_trusted = true;
    court_decide(&court, says);
    CU_ASSERT_EQUAL(court.verdict->scl, 9);
    court_close(&court);

    court_open(&court, "");
    court.fake.session->is_trusted = true;
    court_decide(&court, bad);
    CU_ASSERT(court_is(&court, "malware reject"));
    court_close(&court);
}

static void each_recipient_has_a_decision_of_his_own(void)
{
    static const struct court_says says[] = {
        {.scanner = "p",
         .kind = ASSAY_KIND_SPAM,
         .name = "all",
         .log_odds = 3000},
        {.scanner = "p",
         .kind = ASSAY_KIND_SPAM,
         .name = "one",
         .log_odds = 1500,
         .rcpt = 2},
        {.scanner = "p",
         .kind = ASSAY_KIND_POLICY,
         .name = "list",
         .advice = ASSAY_ACTION_REJECT,
         .rcpt = 3},
        {.scanner = NULL},
    };
    struct court court;
    court_open(&court, "[policy lax]\nrcpt = d@*\njunk_threshold = 3\n");
    court_rcpt(&court, "a@x");
    court_rcpt(&court, "b@x");
    court_rcpt(&court, "c@x");
    court_rcpt(&court, "d@x");
    const struct verdict *verdict = court_decide(&court, says);

    static const struct {
        const char *rcpt;
        int scl;
        uint32_t action;
    } expected[] = {
        {"a@x", 4, ASSAY_ACTION_ACCEPT},
        {"b@x", 5, ASSAY_ACTION_JUNK},
        {"c@x", 4, ASSAY_ACTION_REJECT},
        {"d@x", 4, ASSAY_ACTION_JUNK},
    };

    CU_ASSERT_EQUAL_FATAL(verdict->rcpts->len, 4);
    for (size_t i = 0; i < 4; i++) {
        const struct verdict_rcpt *r =
            &g_array_index(verdict->rcpts, struct verdict_rcpt, i);
        CU_ASSERT_STRING_EQUAL(r->rcpt, expected[i].rcpt);
        CU_ASSERT_EQUAL(r->scl, expected[i].scl);
        CU_ASSERT_EQUAL(r->action, expected[i].action);
        CU_ASSERT_PTR_NOT_NULL(r->because.line);
    }
    CU_ASSERT_EQUAL(verdict->scl, 5);
    CU_ASSERT_DOUBLE_EQUAL(verdict->probability, 0.826, 0.001);
    CU_ASSERT(court_is(&court, "policy reject"));
    court_close(&court);
}

UNIT_MAIN("verdict_evidence", UNIT(evidence_adds_up_and_the_thresholds_act),
          UNIT(trusted_mail_has_scl_minus_1_but_its_malware_counts),
          UNIT(each_recipient_has_a_decision_of_his_own))
