/* SPDX-License-Identifier: MIT */
#include "court.h"
#include "unit.h"
#include "verdict/scl.h"

#include <time.h>

/* One case: what is said, under which configuration, and what comes out. */
struct row {
    const char *conf;
    struct court_says says[6];
    const char *expected; /* "kind action" */
    const char *because;  /* NULL: not looked at */
};

static void try_rows(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct court court;
        court_open(&court, rows[i].conf);
        court_decide(&court, rows[i].says);
        CU_ASSERT(court_is(&court, rows[i].expected));
        CU_ASSERT(rows[i].because == NULL ||
                  court_because(&court, rows[i].because));
        court_close(&court);
    }
}

static void every_kind_leads_to_its_action(void)
{
    static const struct row rows[] = {
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
    try_rows(rows, G_N_ELEMENTS(rows));
}

static void the_strictest_action_and_the_worst_kind_win(void)
{
    static const struct row rows[] = {
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
    try_rows(rows, G_N_ELEMENTS(rows));
}

static void advice_is_followed_as_far_as_a_plugin_may_go(void)
{
    static const struct row rows[] = {
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
    try_rows(rows, G_N_ELEMENTS(rows));
}

static void evidence_adds_up_and_the_thresholds_act(void)
{
    static const struct row rows[] = {
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
    try_rows(rows, G_N_ELEMENTS(rows));
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

static void malware_of_low_confidence_counts_as_suspicious(void)
{
    static const struct row rows[] = {
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
    try_rows(rows, G_N_ELEMENTS(rows));
}

#define FOUND(who)                                                             \
    {                                                                          \
        .scanner = (who), .kind = ASSAY_KIND_MALWARE, .name = "m", .object = 1 \
    }
#define CLEAN(who)                                                             \
    {                                                                          \
        .scanner = (who), .name = "", .object = 1                              \
    }
#define FAILED(who)                                                            \
    {                                                                          \
        .scanner = (who), .kind = ASSAY_KIND_FAILED                            \
    }

static void engines_agree_as_the_consensus_says(void)
{
    static const struct row rows[] = {
        {"",
         {FOUND("av1"), CLEAN("av2"), CLEAN("av3")},
         "malware reject",
         NULL},
        {"[verdict]\nconsensus = all\n",
         {FOUND("av1"), CLEAN("av2"), FOUND("av3")},
         "suspicious quarantine",
         "default: [policy] suspicious = quarantine; malware without [verdict] "
         "consensus"},
        {"[verdict]\nconsensus = all\n",
         {FOUND("av1"), FOUND("av2")},
         "malware reject",
         NULL},
        /* All that answered: the failed one did not. */
        {"[verdict]\nconsensus = all\n[policy]\nfailed = tag\n",
         {FOUND("av1"), FOUND("av2"), FAILED("av3")},
         "malware reject",
         NULL},
        {"[verdict]\nconsensus = count\n",
         {FOUND("av1"), CLEAN("av2"), CLEAN("av3")},
         "suspicious quarantine",
         NULL},
        {"[verdict]\nconsensus = count\n",
         {FOUND("av1"), FOUND("av2"), CLEAN("av3")},
         "malware reject",
         NULL},
        /* There is only one. */
        {"[verdict]\nconsensus = count\n",
         {FOUND("av1")},
         "malware reject",
         NULL},
        {"[plugin av1]\nfile=x\n[verdict]\nconsensus = weight\nweights = "
         "av1:3\n",
         {FOUND("av1"), CLEAN("av2"), CLEAN("av3")},
         "malware reject",
         NULL},
        {"[plugin av1]\nfile=x\n[verdict]\nconsensus = weight\nweights = "
         "av1:2\n",
         {FOUND("av1"), CLEAN("av2"), CLEAN("av3")},
         "suspicious quarantine",
         NULL},
        {"[plugin av1]\nfile=x\n[verdict]\nconsensus = all\nveto = av1\n",
         {FOUND("av1"), CLEAN("av2"), CLEAN("av3")},
         "malware reject",
         NULL},
        {"[plugin av2]\nfile=x\n[verdict]\nconsensus = all\nveto = av2\n",
         {FOUND("av1"), CLEAN("av2"), CLEAN("av3")},
         "suspicious quarantine",
         NULL},
        /* Who is no engine has no vote, and needs no consensus. */
        {"[verdict]\nconsensus = all\n",
         {FOUND("av1"), CLEAN("other")},
         "malware reject",
         NULL},
        {"[verdict]\nconsensus = all\n",
         {FOUND("other"), CLEAN("av1")},
         "malware reject",
         NULL},
        /* A found thing of low confidence is no vote. */
        {"[verdict]\nconsensus = count\n",
         {FOUND("av1"),
          {.scanner = "av2",
           .kind = ASSAY_KIND_MALWARE,
           .name = "m",
           .object = 1,
           .confidence = 10}},
         "suspicious quarantine",
         NULL},
        /* About the mail as a whole is about the part too. */
        {"[verdict]\nconsensus = all\n",
         {FOUND("av1"),
          {.scanner = "av2",
           .kind = ASSAY_KIND_MALWARE,
           .name = "m",
           .object = 0}},
         "malware reject",
         NULL},
    };
    try_rows(rows, G_N_ELEMENTS(rows));
}

static void the_bias_says_who_may_be_missing(void)
{
    static const struct row rows[] = {
        {"", {CLEAN("av1"), FAILED("av2")}, "failed defer", NULL},
        {"[verdict]\nbias = favor-certainty\n",
         {CLEAN("av1"), FAILED("av2")},
         "info accept",
         "default: [policy] info = accept; failed, but enough engines answered "
         "for [verdict] bias"},
        /* Nobody answered. */
        {"[verdict]\nbias = favor-certainty\n",
         {FAILED("av1"), FAILED("av2")},
         "failed defer",
         NULL},
        {"[verdict]\nbias = max-performance\n",
         {FAILED("av1")},
         "failed defer",
         NULL},
        {"[verdict]\nbias = neutral\n",
         {CLEAN("av1"), FAILED("av2"), FAILED("av3")},
         "failed defer",
         NULL},
        {"[verdict]\nbias = neutral\n",
         {CLEAN("av1"), CLEAN("av2"), FAILED("av3")},
         "info accept",
         NULL},
        {"[verdict]\nbias = favor-performance\n",
         {CLEAN("av1"), FAILED("av2"), FAILED("av3")},
         "info accept",
         NULL},
        {"[verdict]\nbias = favor-performance\n",
         {CLEAN("av1"), FAILED("av2"), FAILED("av3"), FAILED("av4"),
          FAILED("av5")},
         "failed defer",
         NULL},
        {"[verdict]\nbias = max-performance\n",
         {CLEAN("av1"), FAILED("av2"), FAILED("av3"), FAILED("av4"),
          FAILED("av5")},
         "info accept",
         NULL},
        /* Who is no engine is never excused. */
        {"[verdict]\nbias = max-performance\n",
         {CLEAN("av1"), FAILED("other")},
         "failed defer",
         NULL},
    };
    try_rows(rows, G_N_ELEMENTS(rows));
}

static void disagreement_is_counted(void)
{
    static const struct court_says differ[] = {
        FOUND("av1"), CLEAN("av2"), {.scanner = NULL}};
    static const struct court_says agree[] = {
        FOUND("av1"), FOUND("av2"), {.scanner = NULL}};
    struct court court;
    court_open(&court, "");
    CU_ASSERT_EQUAL(court_decide(&court, differ)->disagreements, 1);
    court_close(&court);
    court_open(&court, "");
    CU_ASSERT_EQUAL(court_decide(&court, agree)->disagreements, 0);
    court_close(&court);
}

enum {
    CROWD = 20000,         /* objects: limits.max_objects */
    CROWD_DEEP = 100,      /* of them inside each other */
    CROWD_FINDINGS = 1000, /* limits.max_findings */
    CROWD_MS = 400         /* of this thread's time; it needs 3 */
};

/* Chains of members, each inside the one before. */
static void crowd_objects(struct message *message, GBytes *bytes)
{
    struct object *parent = message->objects->pdata[0];
    while (message->objects->len < CROWD) {
        struct object *member = object_new(ASSAY_OBJECT_MEMBER, bytes);
        if (message->objects->len % CROWD_DEEP == 0)
            parent = message->objects->pdata[0];
        member->origin = "x";
        message_add(message, parent, member);
        parent = member;
    }
}

/* All that the limits allow: one engine finds, the other has looked at everything. */
static void crowd_says(struct scan *scan)
{
    const GPtrArray *objects = scan->message->objects;
    for (unsigned i = 0; i < CROWD_FINDINGS; i++) {
        struct finding *f = fake_finding(ASSAY_KIND_MALWARE, "m",
                                         objects->pdata[CROWD - 1 - i]);
        f->plugin = scan->plan->scanners[0]->name;
        f->confidence = 100;
        g_ptr_array_add(scan->findings, f);
    }
    for (unsigned i = 1; i < CROWD; i++) { /* the root is near all */
        struct scan_answer answer = {scan->plan->scanners[1]->name,
                                     objects->pdata[i], ASSAY_STATUS_CLEAN,
                                     FINDING_ALL_RCPTS};
        g_array_append_val(scan->answers, answer);
    }
}

static void as_much_as_the_limits_allow_is_decided_at_once(void)
{
    static const struct court_says nothing[] = {
        {.scanner = "av1", .name = "", .object = -1},
        {.scanner = "av2", .name = "", .object = -1},
        {.scanner = NULL}};
    struct court court;
    g_autoptr(GBytes) bytes = g_bytes_new_static("x", 1);
    court_open(&court, "[verdict]\nconsensus = all\n");
    court_decide(&court, nothing);
    g_array_set_size(court.fake.scan->answers, 0);
    crowd_objects(court.fake.message, bytes);
    crowd_says(court.fake.scan);
    clock_t begin = clock();
    struct verdict *verdict = verdict_new(court.policy, court.fake.scan);
    clock_t ms = (clock() - begin) * 1000 / CLOCKS_PER_SEC;
    CU_ASSERT(ms < CROWD_MS);
    CU_ASSERT_EQUAL(verdict->kind, ASSAY_KIND_SUSPICIOUS);
    CU_ASSERT_EQUAL(verdict->disagreements, 100);
    verdict_free(verdict);
    court_close(&court);
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
          UNIT(evidence_adds_up_and_the_thresholds_act),
          UNIT(trusted_mail_has_scl_minus_1_but_its_malware_counts),
          UNIT(each_recipient_has_a_decision_of_his_own),
          UNIT(malware_of_low_confidence_counts_as_suspicious),
          UNIT(engines_agree_as_the_consensus_says),
          UNIT(the_bias_says_who_may_be_missing), UNIT(disagreement_is_counted),
          UNIT(as_much_as_the_limits_allow_is_decided_at_once),
          UNIT(actions_are_named_and_ranked))
