/* SPDX-License-Identifier: MIT */
#include "fake.h"
#include "unit.h"

#define TWO_PARTS                                                              \
    "From: a@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" \
    "--b\r\nContent-Type: text/plain\r\n\r\none\r\n"                           \
    "--b\r\nContent-Type: application/zip\r\n\r\nPK\3\4zip\r\n--b--\r\n"

/* --- the order of things --- */

static int32_t log_task(void *self, struct task *task)
{
    static const char *const names[] = {"",     "connect", "helo",   "mail",
                                        "rcpt", "headers", "object", "message"};
    fake_log(self, "%s%s%s", names[task->stage],
             task->object != NULL ? "=" : "",
             task->object != NULL ? task->object->path : "");
    if (task->rcpt != FINDING_ALL_RCPTS)
        fake_log(self, "(%d)", task->rcpt);
    return ASSAY_RC_OK;
}

static void stages_run_where_the_session_knows_them(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake_scanner(&fake, "all", log_task)->stages = UINT64_MAX;
    fake_run(&fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(&fake, "headers= object=1 message="));
    fake_end(&fake);

    fake_begin(&fake);
    fake_scanner(&fake, "all", log_task)->stages = UINT64_MAX;
    fake.session->client_ip = g_strdup("192.0.2.1");
    fake.session->helo = g_strdup("h");
    fake.session->mail_from = g_strdup("");
    g_ptr_array_add(fake.session->rcpts, g_strdup("r0"));
    g_ptr_array_add(fake.session->rcpts, g_strdup("r1"));
    fake_run(&fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(&fake, "connect helo mail rcpt (0) rcpt (1) "
                                 "headers= object=1 message="));
    fake_end(&fake);
}

static int32_t unpack_three_levels(void *self, struct task *task)
{
    fake_log(self, "%s:%s", task->scanner->name, task->object->path);
    if (task->object->depth >= 4)
        return ASSAY_RC_OK;
    g_autofree char *name = g_strdup_printf("d%u", task->object->depth);
    return fake_child(task, name, "x", 1, NULL);
}

static int32_t log_object(void *self, struct task *task)
{
    fake_log(self, "%s:%s", task->scanner->name, task->object->path);
    return ASSAY_RC_OK;
}

static void children_are_shown_to_all_like_any_object(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake_scanner(&fake, "a", log_object);
    fake_scanner(&fake, "u", unpack_three_levels);
    fake_scanner(&fake, "z", log_object);
    fake_run(&fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(&fake, "a:1 u:1 z:1 a:1!d1 u:1!d1 z:1!d1 "
                                 "a:1!d1!d2 u:1!d1!d2 z:1!d1!d2 "
                                 "a:1!d1!d2!d3 u:1!d1!d2!d3 z:1!d1!d2!d3"));
    CU_ASSERT_EQUAL(fake.scan->uses[1].calls, 4);
    CU_ASSERT_STRING_EQUAL(fake.scan->uses[2].scanner, "z");
    CU_ASSERT_EQUAL(fake.scan->bytes, 3);
    fake_end(&fake);
}

static uint64_t last_id;

static int32_t check_id(void *self, struct task *task)
{
    (void)self;
    CU_ASSERT(task->id > last_id);
    last_id = task->id;
    return ASSAY_RC_OK;
}

static void every_task_has_an_id_of_its_own(void)
{
    struct fake fake;
    last_id = 0;
    for (int i = 0; i < 2; i++) {
        fake_begin(&fake);
        fake_scanner(&fake, "a", check_id);
        fake_scanner(&fake, "b", check_id);
        fake_run(&fake, TWO_PARTS);
        CU_ASSERT_EQUAL(fake.scan->uses[0].calls, 2);
        fake_end(&fake);
    }
}

static int32_t unpack_mail(void *self, struct task *task)
{
    (void)self;
    static const char mail[] =
        "From: x@example.org\r\nSubject: inner\r\nContent-Type: multipart/mixed; boundary=i\r\n"
        "\r\n--i\r\nContent-Type: text/plain\r\n\r\ninner\r\n--i--\r\n";
    return strcmp(task->object->path, "1") == 0
               ? fake_child(task, "m.eml", mail, sizeof mail - 1, NULL)
               : ASSAY_RC_OK;
}

static void a_mail_inside_an_archive_is_taken_apart(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake_scanner(&fake, "u", unpack_mail);
    fake_scanner(&fake, "a", log_object);
    fake_run(&fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(&fake, "a:1 a:1!m.eml a:1!m.eml!1"));
    fake_end(&fake);
}

/* --- wants --- */

static const char *const zip_only[] = {"application/zip", NULL};

static int32_t log_path(void *self, struct task *task)
{
    const char *path = task->object->path;
    fake_log(self, "%s", *path != '\0' ? path : "root");
    return ASSAY_RC_OK;
}

static int32_t unpack_zip(void *self, struct task *task)
{
    (void)self;
    fake_child(task, "e", "", 0, NULL);
    return fake_child(task, "c", "ab", 2, NULL);
}

static void wants_decide_what_is_shown(void)
{
    /* There are: the root, 1 (a text, 3 bytes), 2 (a zip, 7 bytes) and its members
     * e (empty) and c (2 bytes). */
    static const struct {
        uint32_t flags;
        uint64_t min;
        const char *types[3];
        const char *expected;
    } rows[] = {
        {0, 0, {0}, "1 2 2!c"},
        {ASSAY_WANTS_MESSAGE, 0, {0}, "root 1 2 2!c"},
        {ASSAY_WANTS_EMPTY, 0, {0}, "1 2 2!e 2!c"},
        {ASSAY_WANTS_CONTAINER | ASSAY_WANTS_MESSAGE, 0, {0}, "root"},
        {ASSAY_WANTS_LEAF | ASSAY_WANTS_MESSAGE, 0, {0}, "1 2 2!c"},
        {ASSAY_WANTS_LEAF | ASSAY_WANTS_CONTAINER, 0, {0}, "1 2 2!c"},
        {0, 3, {0}, "1 2"},
        {0, 0, {"application/zip"}, "2"},
        {0, 0, {"text/*"}, "1 2!c"},
        {0, 0, {"image/png", "application/*"}, "2"},
        {0, 0, {"text/plai"}, ""},
        {0, 0, {"*"}, "1 2 2!c"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows) * 2; i++) {
        struct fake fake;
        fake_begin(&fake);
        /* The unpacker before and after it: that must not matter. */
        if (i % 2 == 0)
            fake_scanner(&fake, "u", unpack_zip)->types = zip_only;
        struct scanner *s = fake_scanner(&fake, "w", log_path);
        s->wants_flags = rows[i / 2].flags;
        s->min_size = rows[i / 2].min;
        s->types = rows[i / 2].types[0] != NULL ? rows[i / 2].types : NULL;
        if (i % 2 == 1)
            fake_scanner(&fake, "u", unpack_zip)->types = zip_only;
        fake_run(&fake, TWO_PARTS);
        CU_ASSERT(fake_logged(&fake, rows[i / 2].expected));
        CU_ASSERT(fake_found(&fake, ""));
        fake_end(&fake);
    }
}

static void a_declared_type_counts_as_well(void)
{
    struct fake fake;
    static const char *const types[] = {"application/x-odd", NULL};
    fake_begin(&fake);
    fake_scanner(&fake, "w", log_path)->types = types;
    fake_run(&fake,
             "From: a@b\r\nContent-Type: Application/X-Odd\r\n\r\nx\r\n");
    CU_ASSERT(fake_logged(&fake, "1"));
    fake_end(&fake);
}

static void what_is_too_large_for_a_scanner_is_partial_in_its_name(void)
{
    struct fake fake;
    fake_begin(&fake);
    struct scanner *s = fake_scanner(&fake, "w", log_path);
    s->max_size = 3;
    fake_scanner(&fake, "v", log_path)->max_size = 7;
    fake_run(&fake, TWO_PARTS);
    CU_ASSERT(fake_logged(&fake, "1 1 2"));
    CU_ASSERT(fake_found(&fake, "w partial size 2"));
    const struct finding *f = fake.scan->findings->pdata[0];
    CU_ASSERT_EQUAL(f->reason, ASSAY_REASON_LIMIT_SIZE);
    CU_ASSERT_EQUAL(f->status, ASSAY_STATUS_UNSCANNABLE);
    fake_end(&fake);

    /* Only of what it would have wanted. */
    fake_begin(&fake);
    s = fake_scanner(&fake, "w", log_path);
    s->max_size = 3;
    s->types = (const char *const[]){"text/*", NULL};
    fake_run(&fake, TWO_PARTS);
    CU_ASSERT(fake_found(&fake, ""));
    fake_end(&fake);
}

/* --- seen --- */

static int32_t unpack_same_twice(void *self, struct task *task)
{
    (void)self;
    fake_child(task, "same", "same", 4, NULL);
    return fake_child(task, "other", "other", 5, NULL);
}

static int32_t has_seen_same(void *self, struct task *task)
{
    uint8_t digest[DIGEST_SIZE];
    fake_log(self, "%s:%s", task->scanner->name, task->object->path);
    digest_sha256("same", 4, digest);
    if (strcmp(task->object->path, "2") == 0)
        CU_ASSERT_EQUAL(task_seen(task, digest), ASSAY_RC_OK);
    return ASSAY_RC_OK;
}

static void who_has_seen_a_content_is_not_asked_again_below(void)
{
    static const char *const part_types[] = {"application/zip", "text/plain",
                                             NULL};
    struct fake fake;
    fake_begin(&fake);
    struct scanner *u = fake_scanner(&fake, "u", unpack_same_twice);
    u->types = part_types;
    u->min_size = 6; /* not of its own children */
    fake_scanner(&fake, "s", has_seen_same);
    fake_scanner(&fake, "t", log_object);
    fake_run(&fake, "From: a@example.org\r\n"
                    "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
                    "--b\r\nContent-Type: text/plain\r\n\r\nlong text\r\n"
                    "--b\r\nContent-Type: application/zip\r\n\r\nPK\3\4zip\r\n"
                    "--b--\r\n");
    /* 1!same is not below 2: it is shown to s. */
    CU_ASSERT(fake_logged(&fake, "s:1 t:1 s:2 t:2 s:1!same t:1!same s:1!other "
                                 "t:1!other t:2!same s:2!other t:2!other"));
    fake_end(&fake);
}

/* --- answers --- */

struct answer {
    int32_t rc;
    bool reports;
    uint64_t flags;
    const char *expected;
};

static const struct answer *answer;

static int32_t give_answer(void *self, struct task *task)
{
    (void)self;
    if (task->object->depth > 1)
        return ASSAY_RC_OK;
    if (answer->reports) {
        fake_report(task, ASSAY_KIND_POLICY, "rule", task->object);
        fake_child(task, "c", "x", 1, NULL);
    }
    return answer->rc;
}

static void every_answer_counts_as_the_abi_says(void)
{
    static const struct answer rows[] = {
        {ASSAY_RC_OK, false, 0, ""},
        {ASSAY_RC_OK, true, 0, "p policy rule 1"},
        {ASSAY_RC_NOT_APPLICABLE, false, 0, ""},
        {ASSAY_RC_NOT_APPLICABLE, true, 0, "p failed rule 1"},
        {ASSAY_RC_PENDING, false, 0, "p failed rule 1"},
        {ASSAY_RC_SKIP, false, 0, "p failed rule 1"},
        {ASSAY_RC_STOP, true, 0, "p failed rule 1"},
        {5, false, 0, "p failed rule 1"},
        {-15, true, 0, "p failed rule 1"},
        {INT32_MIN, false, 0, "p failed rule 1"},
        {ASSAY_RC_INTERNAL, true, 0, "p failed internal 1"},
        {ASSAY_RC_DATABASE, false, 0, "p failed database 1"},
        {ASSAY_RC_IO, true, 0, "p failed io 1"},
        {ASSAY_RC_TIMEOUT, true, 0, "p failed timeout 1"},
        {ASSAY_RC_CANCELLED, true, 0, "p failed cancelled 1"},
        /* LIMIT without having been told of one. */
        {ASSAY_RC_LIMIT, true, 0, "p failed limit 1"},
        {ASSAY_RC_OK, false, ASSAY_FLAG_ANSWERS_ALL, "p failed rule 1"},
        {ASSAY_RC_OK, true, ASSAY_FLAG_ANSWERS_ALL, "p policy rule 1"},
        {ASSAY_RC_NOT_APPLICABLE, false, ASSAY_FLAG_ANSWERS_ALL, ""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct fake fake;
        answer = &rows[i];
        fake_begin(&fake);
        struct scanner *s = fake_scanner(&fake, "p", give_answer);
        s->flags |= rows[i].flags;
        s->max_size = 0;
        s->min_size = 2; /* the child is not shown */
        fake_run(&fake, FAKE_TEXT_MAIL);
        if (!fake_found(&fake, rows[i].expected))
            CU_FAIL(rows[i].expected);
        /* What was unpacked is kept, whatever the answer. */
        CU_ASSERT_EQUAL(fake.message->objects->len, rows[i].reports ? 3 : 2);
        fake_end(&fake);
    }
}

static int32_t answer_once_for_each(void *self, struct task *task)
{
    (void)self;
    return fake_report(task, 0, "", task->object);
}

static int32_t answer_about_child(void *self, struct task *task)
{
    (void)self;
    struct object *child = NULL;
    fake_child(task, "c", "x", 1, &child);
    return fake_report(task, 0, "", child);
}

static void an_answer_about_a_child_does_not_answer_for_the_object(void)
{
    struct fake fake;
    fake_begin(&fake);
    struct scanner *s = fake_scanner(&fake, "p", answer_about_child);
    s->flags |= ASSAY_FLAG_ANSWERS_ALL;
    s->min_size = 2;
    fake_scanner(&fake, "q", answer_once_for_each)->flags |=
        ASSAY_FLAG_ANSWERS_ALL;
    fake_run(&fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_found(&fake, "p failed rule 1"));
    fake_end(&fake);
}

static int32_t fail_for_second(void *self, struct task *task)
{
    (void)self;
    return task->rcpt == 1 ? ASSAY_RC_IO : ASSAY_RC_OK;
}

static void a_failure_about_one_recipient_is_his_alone(void)
{
    struct fake fake;
    fake_begin(&fake);
    g_ptr_array_add(fake.session->rcpts, g_strdup("a@b"));
    g_ptr_array_add(fake.session->rcpts, g_strdup("c@d"));
    fake_scanner(&fake, "p", fail_for_second)->stages =
        ASSAY_STAGE_BIT(ASSAY_STAGE_RCPT);
    fake_run(&fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_found(&fake, "p failed io -"));
    const struct finding *f = fake.scan->findings->pdata[0];
    CU_ASSERT_EQUAL(f->rcpt, 1);
    fake_end(&fake);
}

/* --- reports --- */

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
    fake_run(&fake, TWO_PARTS);
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
    fake_run(&fake, TWO_PARTS);
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
    fake_run(&fake, TWO_PARTS);
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

/* --- broken rules --- */

static int32_t leave_child_open(void *self, struct task *task)
{
    (void)self;
    struct assay_child about = {.struct_size = sizeof about,
                                .kind = ASSAY_OBJECT_MEMBER};
    struct writer *writer;
    CU_ASSERT_EQUAL(writer_begin(task, &about, &writer), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(writer_write(writer, "abc", 3), ASSAY_RC_OK);
    CU_ASSERT(writer_is_open(task, writer));
    return fake_report(task, ASSAY_KIND_INFO, "kept", task->object);
}

static void a_child_left_open_is_dropped_and_told(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake_scanner(&fake, "p", leave_child_open);
    fake_scanner(&fake, "q", log_object);
    fake_run(&fake, FAKE_TEXT_MAIL);
    CU_ASSERT_EQUAL(fake.message->objects->len, 2);
    CU_ASSERT(fake_found(&fake, "p info kept 1; p failed rule 1"));
    CU_ASSERT(fake_logged(&fake, "q:1"));
    fake_end(&fake);
}

static int32_t break_many_rules(void *self, struct task *task)
{
    (void)self;
    task_blame(task, "first");
    task_blame(task, "second");
    return ASSAY_RC_IO;
}

static void of_many_broken_rules_the_first_is_told(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake_scanner(&fake, "p", break_many_rules);
    fake_run(&fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_found(&fake, "p failed rule 1"));
    const struct finding *f = fake.scan->findings->pdata[0];
    CU_ASSERT_STRING_EQUAL(f->text, "first");
    CU_ASSERT_EQUAL(f->status, 0);
    fake_end(&fake);
}

/* --- facts, counts, edits --- */

static const char *const provided[] = {"p.one", "p.sub.*", NULL};
static const char *const read_by_q[] = {"p.*", NULL};

static int32_t set_facts(void *self, struct task *task)
{
    (void)self;
    const char *value = NULL;
    CU_ASSERT_EQUAL(task_fact_set(task, "p.one", "1", 1), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(task_fact_set(task, "p.one", "22", 2), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(task_fact_set(task, "p.sub.x", "", 0), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(task_fact_get(task, "p.one", &value), ASSAY_RC_OK);
    CU_ASSERT_STRING_EQUAL(value, "22");
    return ASSAY_RC_OK;
}

static int32_t get_facts(void *self, struct task *task)
{
    (void)self;
    const char *value = "untouched";
    CU_ASSERT_EQUAL(task_fact_get(task, "p.none", &value), ASSAY_RC_NOTFOUND);
    CU_ASSERT_STRING_EQUAL(value, "untouched");
    CU_ASSERT_EQUAL(task_fact_get(task, "p.one", &value), ASSAY_RC_OK);
    CU_ASSERT_STRING_EQUAL(value, "22");
    return ASSAY_RC_OK;
}

static int32_t get_unlisted_fact(void *self, struct task *task)
{
    (void)self;
    const char *value;
    CU_ASSERT_EQUAL(task_fact_get(task, "p.one", &value), ASSAY_RC_NOTFOUND);
    return ASSAY_RC_OK;
}

static void facts_reach_who_has_listed_them(void)
{
    struct fake fake;
    fake_begin(&fake);
    struct scanner *p = fake_scanner(&fake, "p", set_facts);
    p->provides = provided;
    p->reads = read_by_q; /* its own too, if it says so */
    fake_scanner(&fake, "q", get_facts)->reads = read_by_q;
    fake_scanner(&fake, "r", get_unlisted_fact);
    fake_run(&fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_found(&fake, ""));
    CU_ASSERT_EQUAL(g_hash_table_size(fake.scan->facts), 2);
    CU_ASSERT_STRING_EQUAL(g_hash_table_lookup(fake.scan->facts, "p.one"),
                           "22");
    fake_end(&fake);
}

#define KEY_64                                                                 \
    "p.sub.7890123456789012345678901234567890123456789012345678901234"

static struct {
    const char *key;
    const char *value;
    size_t n;
    int32_t rc;
} fact;

static int32_t set_one_fact(void *self, struct task *task)
{
    (void)self;
    fact.rc = task_fact_set(task, fact.key, fact.value, fact.n);
    return ASSAY_RC_OK;
}

static void facts_that_break_a_rule_are_refused(void)
{
    static char large[4097];
    memset(large, 'x', sizeof large);

    static const struct {
        const char *key;
        const char *value;
        size_t n;
        int32_t rc;
    } rows[] = {
        {"p.one", large, 4096, ASSAY_RC_OK},
        {"p.one", large, 4097, ASSAY_RC_INVAL},
        {"p.one", "\xff", 1, ASSAY_RC_INVAL},
        {"p.one", "a\0b", 3, ASSAY_RC_INVAL},
        {"p.two", "x", 1, ASSAY_RC_STATE},
        {"p.sub", "x", 1, ASSAY_RC_STATE},
        {"p.sub.P", "x", 1, ASSAY_RC_INVAL},
        {"p.sub. ", "x", 1, ASSAY_RC_INVAL},
        {"", "x", 1, ASSAY_RC_INVAL},
        {KEY_64, "x", 1, ASSAY_RC_OK},
        {KEY_64 "x", "x", 1, ASSAY_RC_INVAL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct fake fake;
        fake_begin(&fake);
        fake_scanner(&fake, "p", set_one_fact)->provides = provided;
        fact.key = rows[i].key;
        fact.value = rows[i].value;
        fact.n = rows[i].n;
        fake_run(&fake, FAKE_TEXT_MAIL);
        CU_ASSERT_EQUAL(fact.rc, rows[i].rc);
        CU_ASSERT(
            fake_found(&fake, fact.rc == ASSAY_RC_OK ? "" : "p failed rule 1"));
        fake_end(&fake);
    }
}

static int32_t count_things(void *self, struct task *task)
{
    (void)self;
    CU_ASSERT_EQUAL(task_count(task, "p.mails", "k", 1, 2), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(task_count(task, "p.mails", "", 0, -1), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(task_count(task, "nodot", "k", 1, 2), ASSAY_RC_INVAL);
    CU_ASSERT_EQUAL(task_count(task, "p.mails", "a\0b", 3, 2), ASSAY_RC_INVAL);
    return ASSAY_RC_OK;
}

static void counts_are_kept_in_order(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake_scanner(&fake, "p", count_things);
    fake_run(&fake, FAKE_TEXT_MAIL);
    CU_ASSERT_EQUAL_FATAL(fake.scan->counts->len, 2);
    const struct scan_count *count = fake.scan->counts->pdata[0];
    CU_ASSERT_STRING_EQUAL(count->name, "p.mails");
    CU_ASSERT_STRING_EQUAL(count->key, "k");
    CU_ASSERT_EQUAL(count->n, 2);
    CU_ASSERT(fake_found(&fake, "p failed rule 1"));
    fake_end(&fake);
}

static struct {
    struct assay_edit edit;
    int32_t rc;
} edit;

static int32_t propose(void *self, struct task *task)
{
    (void)self;
    edit.rc = task_edit(task, &edit.edit);
    return ASSAY_RC_OK;
}

static void edits_that_are_not_well_made_are_refused(void)
{
    static const struct {
        uint32_t kind;
        uint64_t offset;
        uint64_t length;
        const char *name;
        const char *value;
        int32_t rc;
    } rows[] = {
        {ASSAY_EDIT_HEADER_ADD, 0, 0, "X-A", "v", ASSAY_RC_OK},
        {ASSAY_EDIT_HEADER_ADD, 0, 0, "X-A", "v\r\n w", ASSAY_RC_OK},
        {ASSAY_EDIT_HEADER_ADD, 0, 0, "X-A", "v\nw", ASSAY_RC_INVAL},
        {ASSAY_EDIT_HEADER_ADD, 0, 0, "X-A", "v\r\nw", ASSAY_RC_INVAL},
        {ASSAY_EDIT_HEADER_ADD, 0, 0, "X-A", "v\r\n", ASSAY_RC_INVAL},
        {ASSAY_EDIT_HEADER_ADD, 0, 0, "X-A", "v\r\n ", ASSAY_RC_INVAL},
        {ASSAY_EDIT_HEADER_ADD, 0, 0, "X A", "v", ASSAY_RC_INVAL},
        {ASSAY_EDIT_HEADER_ADD, 0, 0, "X:A", "v", ASSAY_RC_INVAL},
        {ASSAY_EDIT_HEADER_ADD, 0, 0, "", "v", ASSAY_RC_INVAL},
        {ASSAY_EDIT_HEADER_DELETE, 0, 0, "X-A", "", ASSAY_RC_OK},
        {ASSAY_EDIT_RCPT_ADD, 0, 0, "", "a@b", ASSAY_RC_OK},
        {ASSAY_EDIT_RCPT_ADD, 0, 0, "", "a\r\n@b", ASSAY_RC_INVAL},
        {ASSAY_EDIT_RCPT_ADD, 0, 0, "", "", ASSAY_RC_INVAL},
        {ASSAY_EDIT_SENDER, 0, 0, "", "", ASSAY_RC_OK},
        {ASSAY_EDIT_REPLACE, 0, sizeof FAKE_TEXT_MAIL - 1, "", "x",
         ASSAY_RC_OK},
        {ASSAY_EDIT_REPLACE, 0, sizeof FAKE_TEXT_MAIL, "", "x", ASSAY_RC_INVAL},
        {ASSAY_EDIT_REPLACE, 1, UINT64_MAX, "", "x", ASSAY_RC_INVAL},
        {ASSAY_EDIT_REPLACE, UINT64_MAX, 1, "", "x", ASSAY_RC_INVAL},
        {0, 0, 0, "X", "v", ASSAY_RC_INVAL},
        {9, 0, 0, "X", "v", ASSAY_RC_INVAL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct fake fake;
        fake_begin(&fake);
        fake_scanner(&fake, "p", propose)->flags = ASSAY_FLAG_EDITS;
        edit.edit = (struct assay_edit){
            .struct_size = sizeof edit.edit,
            .kind = rows[i].kind,
            .offset = rows[i].offset,
            .length = rows[i].length,
            .name = {rows[i].name, strlen(rows[i].name)},
            .value = {rows[i].value, strlen(rows[i].value)}};
        fake_run(&fake, FAKE_TEXT_MAIL);
        CU_ASSERT_EQUAL(edit.rc, rows[i].rc);
        CU_ASSERT_EQUAL(fake.scan->edits->len, rows[i].rc == ASSAY_RC_OK);
        fake_end(&fake);
    }
}

static void edits_need_their_flag(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake_scanner(&fake, "p", propose);
    edit.edit = (struct assay_edit){.struct_size = sizeof edit.edit,
                                    .kind = ASSAY_EDIT_HEADER_DELETE,
                                    .name = {"X", 1},
                                    .value = {"", 0}};
    fake_run(&fake, FAKE_TEXT_MAIL);
    CU_ASSERT_EQUAL(edit.rc, ASSAY_RC_STATE);
    CU_ASSERT(fake_found(&fake, "p failed rule 1"));
    fake_end(&fake);
}

/* --- core's own findings --- */

static void what_core_noticed_is_told_in_its_name(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake.plan.limits.max_parts = 100;
    g_autoptr(GString) mail = g_string_new(
        "From: a@b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n");
    for (int i = 0; i < 200; i++)
        g_string_append(mail, "--b\r\n\r\nx\r\n");
    g_string_append(mail, "--b--\r\n");
    fake_run(&fake, mail->str);
    unsigned parts = 0;
    for (unsigned i = 0; i < fake.scan->findings->len; i++) {
        const struct finding *f = fake.scan->findings->pdata[i];
        if (f->kind == ASSAY_KIND_PARTIAL) {
            CU_ASSERT_STRING_EQUAL(f->plugin, "core");
            CU_ASSERT_STRING_EQUAL(f->name, "parts");
            CU_ASSERT_EQUAL(f->status, ASSAY_STATUS_UNSCANNABLE);
            parts++;
        }
    }
    CU_ASSERT_EQUAL(parts, 1);
    fake_end(&fake);
}

UNIT_MAIN(
    "scan", UNIT(stages_run_where_the_session_knows_them),
    UNIT(children_are_shown_to_all_like_any_object),
    UNIT(every_task_has_an_id_of_its_own),
    UNIT(a_mail_inside_an_archive_is_taken_apart),
    UNIT(wants_decide_what_is_shown), UNIT(a_declared_type_counts_as_well),
    UNIT(what_is_too_large_for_a_scanner_is_partial_in_its_name),
    UNIT(who_has_seen_a_content_is_not_asked_again_below),
    UNIT(every_answer_counts_as_the_abi_says),
    UNIT(an_answer_about_a_child_does_not_answer_for_the_object),
    UNIT(a_failure_about_one_recipient_is_his_alone),
    UNIT(what_does_not_fit_together_is_refused),
    UNIT(what_is_out_of_range_gets_the_nearest_sense),
    UNIT(an_object_that_is_not_the_tasks_is_refused),
    UNIT(stage_message_may_speak_of_all_objects_and_headers_of_the_root),
    UNIT(nothing_is_reported_twice), UNIT(trifles_do_not_push_out_malware),
    UNIT(thousands_of_members_do_not_make_a_scan_slow),
    UNIT(a_child_left_open_is_dropped_and_told),
    UNIT(of_many_broken_rules_the_first_is_told),
    UNIT(facts_reach_who_has_listed_them),
    UNIT(facts_that_break_a_rule_are_refused), UNIT(counts_are_kept_in_order),
    UNIT(edits_that_are_not_well_made_are_refused), UNIT(edits_need_their_flag),
    UNIT(what_core_noticed_is_told_in_its_name))
