/* SPDX-License-Identifier: MIT */
/* What an answer means, and one that breaks the rules. */
#include "fake.h"
#include "unit.h"

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
    fake_scanner(&fake, "q", fake_log_object);
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

UNIT_MAIN("scan_answers", UNIT(every_answer_counts_as_the_abi_says),
          UNIT(an_answer_about_a_child_does_not_answer_for_the_object),
          UNIT(a_failure_about_one_recipient_is_his_alone),
          UNIT(a_child_left_open_is_dropped_and_told),
          UNIT(of_many_broken_rules_the_first_is_told))
