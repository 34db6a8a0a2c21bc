/* SPDX-License-Identifier: MIT */
/* Which findings are taken, and how many. */
#include "fake.h"
#include "unit.h"

static struct finding reported;
static int32_t reported_rc;

static int32_t report_it(void *self, struct task *task)
{
    (void)self;
    struct finding *finding = finding_new(NULL);
    char *name = finding->name;
    *finding = reported;
    finding->name = name;
    if (finding->object == NULL && task->stage == ASSAY_STAGE_OBJECT)
        finding->object = task->object;
    reported_rc = task_report(task, finding);
    return ASSAY_RC_OK;
}

static void what_does_not_fit_together_is_refused(void)
{
    static const struct {
        uint32_t status;
        uint32_t kind;
        uint32_t reason;
        int32_t rcpt;
        const char *expected;
    } rows[] = {
        {ASSAY_STATUS_CLEAN, 0, 0, FINDING_ALL_RCPTS, ""},
        {ASSAY_STATUS_TRUSTED, 0, 0, FINDING_ALL_RCPTS, ""},
        {ASSAY_STATUS_FOUND, ASSAY_KIND_MALWARE, 0, FINDING_ALL_RCPTS,
         "p malware malware 1"},
        {ASSAY_STATUS_UNSCANNABLE, 0, ASSAY_REASON_ENCRYPTED, FINDING_ALL_RCPTS,
         "p encrypted encrypted 1"},
        {ASSAY_STATUS_UNSCANNABLE, 0, ASSAY_REASON_DAMAGED, FINDING_ALL_RCPTS,
         "p partial damaged 1"},
        {ASSAY_STATUS_FOUND, ASSAY_KIND_INFO, 0, 0, "p info info 1"},
        {0, 0, 0, FINDING_ALL_RCPTS, NULL},
        {5, 0, 0, FINDING_ALL_RCPTS, NULL},
        {ASSAY_STATUS_CLEAN, ASSAY_KIND_INFO, 0, FINDING_ALL_RCPTS, NULL},
        {ASSAY_STATUS_FOUND, 0, 0, FINDING_ALL_RCPTS, NULL},
        {ASSAY_STATUS_FOUND, ASSAY_KIND_ENCRYPTED, 0, FINDING_ALL_RCPTS, NULL},
        {ASSAY_STATUS_FOUND, ASSAY_KIND_PARTIAL, 0, FINDING_ALL_RCPTS, NULL},
        {ASSAY_STATUS_FOUND, ASSAY_KIND_FAILED, 0, FINDING_ALL_RCPTS, NULL},
        {ASSAY_STATUS_FOUND, 12, 0, FINDING_ALL_RCPTS, NULL},
        {ASSAY_STATUS_UNSCANNABLE, 0, 0, FINDING_ALL_RCPTS, NULL},
        {ASSAY_STATUS_UNSCANNABLE, 0, 99, FINDING_ALL_RCPTS, NULL},
        {ASSAY_STATUS_UNSCANNABLE, ASSAY_KIND_PARTIAL, 3, FINDING_ALL_RCPTS,
         NULL},
        {ASSAY_STATUS_FOUND, ASSAY_KIND_INFO, 0, 1, NULL},
        {ASSAY_STATUS_FOUND, ASSAY_KIND_INFO, 0, -2, NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct fake fake;
        fake_begin(&fake);
        g_ptr_array_add(fake.session->rcpts, g_strdup("r@example.org"));
        fake_scanner(&fake, "p", report_it);
        reported = (struct finding){.status = rows[i].status,
                                    .kind = rows[i].kind,
                                    .reason = rows[i].reason,
                                    .rcpt = rows[i].rcpt};
        fake_run(&fake, FAKE_TEXT_MAIL);
        CU_ASSERT_EQUAL(reported_rc, rows[i].expected == NULL ? ASSAY_RC_INVAL
                                                              : ASSAY_RC_OK);
        if (!fake_found(&fake, rows[i].expected == NULL ? "p failed rule 1"
                                                        : rows[i].expected))
            CU_FAIL("unexpected findings");
        fake_end(&fake);
    }
}

static void what_is_out_of_range_gets_the_nearest_sense(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake_scanner(&fake, "p", report_it);
    reported = (struct finding){.status = ASSAY_STATUS_FOUND,
                                .kind = ASSAY_KIND_SPAM,
                                .reason = ASSAY_REASON_DAMAGED,
                                .rcpt = FINDING_ALL_RCPTS,
                                .confidence = 101,
                                .log_odds_milli = 40000,
                                .advice = 77,
                                .reply_code = 250,
                                .delay_ms = UINT32_MAX};
    fake_run(&fake, FAKE_TEXT_MAIL);
    const struct finding *f = fake.scan->findings->pdata[0];
    CU_ASSERT_EQUAL(f->reason, 0);
    CU_ASSERT_EQUAL(f->confidence, 100);
    CU_ASSERT_EQUAL(f->log_odds_milli, 30000);
    CU_ASSERT_EQUAL(f->advice, ASSAY_ACTION_NONE);
    CU_ASSERT_EQUAL(f->reply_code, 0);
    CU_ASSERT_EQUAL(f->delay_ms, 300000);
    CU_ASSERT_STRING_EQUAL(f->text, "");
    CU_ASSERT_STRING_EQUAL(f->reply_text, "");
    fake_end(&fake);

    fake_begin(&fake);
    fake_scanner(&fake, "p", report_it);
    reported = (struct finding){.status = ASSAY_STATUS_FOUND,
                                .kind = ASSAY_KIND_SPOOF,
                                .rcpt = FINDING_ALL_RCPTS,
                                .log_odds_milli = 500};
    fake_run(&fake, FAKE_TEXT_MAIL);
    f = fake.scan->findings->pdata[0];
    CU_ASSERT_EQUAL(f->log_odds_milli, 0); /* only for evidence of spam */
    fake_end(&fake);
}

static int32_t foreign_rc[8];

static int32_t report_elsewhere(void *self, struct task *task)
{
    struct object *root = task_object(task, 0);
    struct object *other = task_object(task, 2);
    struct object unknown;
    struct object *child = NULL;
    (void)self;
    if (strcmp(task->object->path, "1") != 0)
        return ASSAY_RC_OK;
    fake_child(task, "c", "x", 1, &child);
    foreign_rc[0] = fake_report(task, ASSAY_KIND_INFO, "a", task->object);
    foreign_rc[1] = fake_report(task, ASSAY_KIND_INFO, "b", child);
    foreign_rc[2] = fake_report(task, ASSAY_KIND_INFO, "c", NULL);
    foreign_rc[3] = fake_report(task, ASSAY_KIND_INFO, "d", root);
    foreign_rc[4] = fake_report(task, ASSAY_KIND_INFO, "e", other);
    foreign_rc[5] = fake_report(task, ASSAY_KIND_INFO, "f", &unknown);
    return ASSAY_RC_OK;
}

static void an_object_that_is_not_the_tasks_is_refused(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake_scanner(&fake, "p", report_elsewhere);
    fake_run(&fake, FAKE_TWO_PARTS);
    for (int i = 0; i < 6; i++)
        CU_ASSERT_EQUAL(foreign_rc[i], i < 3 ? ASSAY_RC_OK : ASSAY_RC_STATE);
    CU_ASSERT(fake_found(&fake, "p info a 1; p info b 1!c; p info c -; "
                                "p failed rule 1"));
    fake_end(&fake);
}

static int32_t report_about_all(void *self, struct task *task)
{
    (void)self;
    struct object *object;
    for (uint64_t id = 0; (object = task_object(task, id)) != NULL; id++)
        CU_ASSERT_EQUAL(fake_report(task, ASSAY_KIND_INFO, "n", object),
                        ASSAY_RC_OK);
    return ASSAY_RC_OK;
}

static void stage_message_may_speak_of_all_objects_and_headers_of_the_root(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake_scanner(&fake, "m", report_about_all)->stages =
        ASSAY_STAGE_BIT(ASSAY_STAGE_MESSAGE);
    fake_scanner(&fake, "h", report_about_all)->stages =
        ASSAY_STAGE_BIT(ASSAY_STAGE_HEADERS);
    fake_run(&fake, FAKE_TWO_PARTS);
    CU_ASSERT(fake_found(&fake, "h info n ; m info n ; m info n 1; "
                                "m info n 2"));
    fake_end(&fake);
}

static int32_t report_again_and_again(void *self, struct task *task)
{
    (void)self;
    for (int i = 0; i < 100; i++) {
        g_autofree char *name = g_strdup_printf("n%d", i % 40);
        fake_report(task, ASSAY_KIND_POLICY, name, NULL);
    }
    return ASSAY_RC_OK;
}

static void nothing_is_reported_twice(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake_scanner(&fake, "p", report_again_and_again);
    fake_scanner(&fake, "q", report_again_and_again);
    fake_run(&fake, FAKE_TWO_PARTS);
    CU_ASSERT_EQUAL(fake.scan->findings->len, 80);
    CU_ASSERT_EQUAL(fake.scan->findings_dropped, 0);
    fake_end(&fake);
}

static int32_t report_many(void *self, struct task *task)
{
    (void)self;
    for (int i = 0; i < 50; i++) {
        g_autofree char *name = g_strdup_printf("t%d", i);
        fake_report(task, ASSAY_KIND_POLICY, name, task->object);
        fake_report(task, 0, "", task->object);
    }
    return ASSAY_RC_OK;
}

static int32_t report_malware(void *self, struct task *task)
{
    (void)self;
    return fake_report(task, ASSAY_KIND_MALWARE, "bad", task->object);
}

static void trifles_do_not_push_out_malware(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake.plan.limits.max_findings = 20;
    fake_scanner(&fake, "p", report_many);
    fake_scanner(&fake, "v", report_malware);
    fake_run(&fake, FAKE_TEXT_MAIL);
    unsigned policy = 0;
    unsigned malware = 0;
    unsigned bounds = 0;
    for (unsigned i = 0; i < fake.scan->findings->len; i++) {
        const struct finding *f = fake.scan->findings->pdata[i];
        policy += f->kind == ASSAY_KIND_POLICY;
        malware += f->kind == ASSAY_KIND_MALWARE;
        bounds +=
            f->kind == ASSAY_KIND_PARTIAL && strcmp(f->name, "findings") == 0;
    }
    CU_ASSERT_EQUAL(policy, 19);
    CU_ASSERT_EQUAL(malware, 1);
    CU_ASSERT_EQUAL(bounds, 1);
    CU_ASSERT_EQUAL(fake.scan->findings_dropped, 31);
    fake_end(&fake);
}

static int32_t unpack_thousands(void *self, struct task *task)
{
    (void)self;
    for (int i = 0; i < 15000 && task->object->depth == 1; i++) {
        struct object *child = NULL;
        fake_child(task, "m", "x", 1, &child);
        fake_report(task, 0, "", child);
        fake_report(task, ASSAY_KIND_INFO, "member", child);
    }
    return ASSAY_RC_OK;
}

static int32_t answer_all(void *self, struct task *task)
{
    (void)self;
    return fake_report(task, 0, "", task->object);
}

static void thousands_of_members_do_not_make_a_scan_slow(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake_scanner(&fake, "u", unpack_thousands);
    fake_scanner(&fake, "p", report_malware);
    fake_scanner(&fake, "a", answer_all);
    fake_scanner(&fake, "m", report_about_all)->stages =
        ASSAY_STAGE_BIT(ASSAY_STAGE_MESSAGE);
    const struct scan *scan = fake_run(&fake, FAKE_TEXT_MAIL);
    CU_ASSERT_EQUAL(fake.message->objects->len, 15002);
    CU_ASSERT_EQUAL(scan->findings->len, 1001); /* with the bound */
    CU_ASSERT_EQUAL(scan->findings_dropped, 15002 * 2 - 1 + 15000 - 1000);
    CU_ASSERT_EQUAL(scan->answers->len, 15000 + 15001);
    CU_ASSERT(scan->ns < UINT64_C(20000000000)); /* 0.1 s; 13 s if quadratic */
    fake_end(&fake);
}

UNIT_MAIN("scan_reports", UNIT(what_does_not_fit_together_is_refused),
          UNIT(what_is_out_of_range_gets_the_nearest_sense),
          UNIT(an_object_that_is_not_the_tasks_is_refused),
          UNIT(stage_message_may_speak_of_all_objects_and_headers_of_the_root),
          UNIT(nothing_is_reported_twice),
          UNIT(trifles_do_not_push_out_malware),
          UNIT(thousands_of_members_do_not_make_a_scan_slow))
