/* SPDX-License-Identifier: MIT */
/* Engines that disagree. */
#include "court.h"
#include "unit.h"

#include <time.h>

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
    static const struct court_row rows[] = {
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
    court_try(rows, G_N_ELEMENTS(rows));
}

static void the_bias_says_who_may_be_missing(void)
{
    static const struct court_row rows[] = {
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
    court_try(rows, G_N_ELEMENTS(rows));
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

UNIT_MAIN("verdict_consensus", UNIT(engines_agree_as_the_consensus_says),
          UNIT(the_bias_says_who_may_be_missing), UNIT(disagreement_is_counted),
          UNIT(as_much_as_the_limits_allow_is_decided_at_once))
