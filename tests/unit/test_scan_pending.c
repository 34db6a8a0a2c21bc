/* SPDX-License-Identifier: MIT */
/* A run that waits leaves nothing; whatever is asked, it ends. */
#include "fake.h"
#include "unit.h"

/* --- a PENDING run leaves nothing --- */

static const char *const facts[] = {"p.f", NULL};

static int32_t say_all_then_wait(void *self, struct task *task)
{
    fake_log(self, "p%u", task->round);
    uint8_t digest[DIGEST_SIZE];
    g_autofree char *name = g_strdup_printf("r%u", task->round);
    struct assay_edit edit = {.struct_size = sizeof edit,
                              .kind = ASSAY_EDIT_HEADER_DELETE,
                              .name = {name, strlen(name)},
                              .value = {"", 0}};
    struct object *child = NULL;
    CU_ASSERT_EQUAL(fake_child(task, name, name, 2, &child), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(child->id, 2);
    CU_ASSERT_EQUAL(child->depth, 2);
    fake_report(task, ASSAY_KIND_POLICY, name, child);
    fake_report(task, ASSAY_KIND_POLICY, name, task->object);
    digest_sha256(name, 2, digest);
    CU_ASSERT_EQUAL(task_seen(task, digest), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(task_fact_set(task, "p.f", name, 2), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(task_count(task, "p.c", name, 2, 1), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(task_edit(task, &edit), ASSAY_RC_OK);
    return fake_want(task, task->round == 0 ? "a" : "b") == ASSAY_RC_PENDING
               ? ASSAY_RC_PENDING
               : ASSAY_RC_OK;
}

static void a_waiting_run_leaves_nothing_behind(void)
{
    struct fake_bench bench;
    fake_bench_begin(&bench);
    struct fake *fake = &bench.fake;
    struct scanner *p = fake_scanner(fake, "p", say_all_then_wait);
    p->provides = facts;
    p->flags |= ASSAY_FLAG_EDITS;
    p->min_size = 3; /* not of the child */
    fake_scanner(fake, "q", fake_log_object);
    struct scan *scan = fake_run(fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(fake, "p0 q:1 [a] p1 [b] p2 q:1!r2"));
    CU_ASSERT(fake_found(fake, "p policy r2 1!r2; p policy r2 1"));
    CU_ASSERT_EQUAL(fake->message->objects->len, 3);
    CU_ASSERT_EQUAL(scan->bytes, 2);
    CU_ASSERT_STRING_EQUAL(g_hash_table_lookup(scan->facts, "p.f"), "r2");
    CU_ASSERT_EQUAL(scan->counts->len, 1);
    CU_ASSERT_EQUAL(scan->edits->len, 1);
    CU_ASSERT_EQUAL(scan->uses[0].calls, 3);
    fake_end(fake);
}

static int32_t fill_then_wait(void *self, struct task *task)
{
    (void)self;
    static const uint8_t block[4096];
    if (task->object->depth > 1)
        return ASSAY_RC_OK;
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(fake_child(task, "m", block, sizeof block, NULL),
                        ASSAY_RC_OK);
    return task->round < 20 &&
                   fake_want(task, task->round % 2 == 0 ? "a" : "b") ==
                       ASSAY_RC_PENDING
               ? ASSAY_RC_PENDING
               : ASSAY_RC_OK;
}

static void the_budget_is_given_back_exactly(void)
{
    struct fake_bench bench;
    fake_bench_begin(&bench);
    /* Enough for the task and the last object, not for two runs of it. */
    bench.fake.plan.limits.max_bytes = 3 * 4096;
    bench.fake.plan.limits.max_objects = 5;
    fake_scanner(&bench.fake, "p", fill_then_wait);
    struct scan *scan = fake_run(&bench.fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_found(&bench.fake, ""));
    CU_ASSERT_EQUAL(scan->bytes, 3 * 4096);
    CU_ASSERT_EQUAL(bench.fake.message->objects->len, 5);
    fake_end(&bench.fake);
}

static int32_t overfill_first_run(void *self, struct task *task)
{
    (void)self;
    static const uint8_t block[70000];
    if (task->object->depth > 1)
        return ASSAY_RC_OK;
    if (fake_want(task, "a") == ASSAY_RC_PENDING) {
        CU_ASSERT_EQUAL(fake_child(task, "m", block, sizeof block, NULL),
                        ASSAY_RC_LIMIT);
        return ASSAY_RC_PENDING;
    }
    return fake_child(task, "m", block, 10, NULL);
}

static void a_bound_that_a_waiting_run_reached_is_not_told(void)
{
    struct fake_bench bench;
    fake_bench_begin(&bench);
    bench.fake.plan.limits.max_bytes = 65536;
    fake_scanner(&bench.fake, "p", overfill_first_run);
    fake_run(&bench.fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_found(&bench.fake, ""));
    CU_ASSERT_EQUAL(bench.fake.scan->bytes, 10);
    fake_end(&bench.fake);
}

static int32_t leave_open_and_wait(void *self, struct task *task)
{
    (void)self;
    struct assay_child about = {.struct_size = sizeof about,
                                .kind = ASSAY_OBJECT_MEMBER};
    struct writer *writer;
    if (fake_want(task, "a") == ASSAY_RC_OK)
        return ASSAY_RC_OK;
    CU_ASSERT_EQUAL(writer_begin(task, &about, &writer), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(writer_write(writer, "x", 1), ASSAY_RC_OK);
    return ASSAY_RC_PENDING;
}

static void a_waiting_run_may_leave_its_child_open(void)
{
    struct fake_bench bench;
    fake_bench_begin(&bench);
    fake_scanner(&bench.fake, "p", leave_open_and_wait);
    fake_run(&bench.fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_found(&bench.fake, ""));
    CU_ASSERT_EQUAL(bench.fake.scan->bytes, 0);
    fake_end(&bench.fake);
}

static const void *dropped;

static int32_t remember_child_and_wait(void *self, struct task *task)
{
    (void)self;
    struct object *child = NULL;
    if (fake_want(task, "a") == ASSAY_RC_OK) {
        CU_ASSERT_FALSE(task_owns(task, dropped));
        return ASSAY_RC_OK;
    }
    CU_ASSERT_EQUAL(fake_child(task, "m", "x", 1, &child), ASSAY_RC_OK);
    CU_ASSERT(task_owns(task, child));
    dropped = child;
    return ASSAY_RC_PENDING;
}

static void a_child_of_a_waiting_run_is_nobodys_in_the_next(void)
{
    struct fake_bench bench;
    fake_bench_begin(&bench);
    fake_scanner(&bench.fake, "p", remember_child_and_wait);
    fake_run(&bench.fake, FAKE_TEXT_MAIL);
    CU_ASSERT_EQUAL(bench.fake.scan->uses[0].calls, 2);
    fake_end(&bench.fake);
}

/* --- it ends --- */

static int32_t ask_something_new(void *self, struct task *task)
{
    const struct wish *wish = NULL;
    g_autofree char *key = g_strdup_printf("n%u", task->round);
    int32_t rc = task_want(task, ASSAY_WANT_DNS, 1, key, &wish);
    if (rc == ASSAY_RC_PENDING)
        return ASSAY_RC_PENDING;
    fake_log(self, "state %u", wish->state);
    return ASSAY_RC_OK;
}

static void who_asks_on_for_ever_is_blocked_after_so_many_rounds(void)
{
    struct fake_bench bench;
    fake_bench_begin(&bench);
    bench.fake.plan.limits.max_rounds = 3;
    fake_scanner(&bench.fake, "a", ask_something_new);
    fake_run(&bench.fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(&bench.fake, "[n0] [n1] [n2] state 8"));
    CU_ASSERT(fake_found(&bench.fake, ""));
    fake_end(&bench.fake);
}

static int32_t always_wait(void *self, struct task *task)
{
    (void)self;
    const struct wish *wish = NULL;
    g_autofree char *key = g_strdup_printf("n%u", task->round);
    task_want(task, ASSAY_WANT_DNS, 1, key, &wish);
    return ASSAY_RC_PENDING;
}

static void who_always_waits_has_failed_in_the_end(void)
{
    struct fake_bench bench;
    fake_bench_begin(&bench);
    bench.fake.plan.limits.max_rounds = 3;
    fake_scanner(&bench.fake, "a", always_wait);
    fake_scanner(&bench.fake, "b", fake_log_object);
    fake_run(&bench.fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(&bench.fake, "b:1 [n0] [n1] [n2]"));
    CU_ASSERT(fake_found(&bench.fake, "a failed rule 1"));
    CU_ASSERT_EQUAL(bench.fake.scan->uses[0].calls, 4);
    fake_end(&bench.fake);
}

static int32_t ask_many(void *self, struct task *task)
{
    const struct wish *wish = NULL;
    unsigned pending = 0;
    unsigned blocked = 0;
    for (unsigned i = 0; i < 8; i++) {
        g_autofree char *key = g_strdup_printf("m%u", i);
        int32_t rc = task_want(task, ASSAY_WANT_DNS, 1, key, &wish);
        pending += rc == ASSAY_RC_PENDING;
        blocked += rc == ASSAY_RC_OK && wish->state == ASSAY_ANSWER_BLOCKED;
    }
    fake_log(self, "%u/%u", pending, blocked);
    return pending > 0 ? ASSAY_RC_PENDING : ASSAY_RC_OK;
}

static void only_so_many_wishes_of_a_task_are_asked(void)
{
    struct fake_bench bench;
    fake_bench_begin(&bench);
    bench.fake.plan.limits.max_wishes = 5;
    fake_scanner(&bench.fake, "a", ask_many);
    fake_run(&bench.fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(&bench.fake, "5/3 [m0 m1 m2 m3 m4] 0/3"));
    fake_end(&bench.fake);
}

static unsigned blocked;

static int32_t ask_by_path(void *self, struct task *task)
{
    (void)self;
    const struct wish *wish = NULL;
    int32_t rc = task_want(task, ASSAY_WANT_DNS, 1, task->object->path, &wish);
    blocked += rc == ASSAY_RC_OK && wish->state == ASSAY_ANSWER_BLOCKED;
    return rc == ASSAY_RC_PENDING ? ASSAY_RC_PENDING : ASSAY_RC_OK;
}

static void all_tasks_together_ask_only_so_much(void)
{
    struct fake_bench bench;
    fake_bench_begin(&bench);
    bench.fake.plan.limits.max_wishes = 1;
    blocked = 0;
    g_autoptr(GString) mail = g_string_new(
        "From: a@b\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n");
    for (int i = 0; i < 60; i++)
        g_string_append(mail, "--x\r\n\r\npart\r\n");
    g_string_append(mail, "--x--\r\n");
    fake_scanner(&bench.fake, "a", ask_by_path);
    fake_run(&bench.fake, mail->str);
    CU_ASSERT_EQUAL(blocked, 10); /* fifty times what one task may ask */
    CU_ASSERT(fake_found(&bench.fake, ""));
    fake_end(&bench.fake);
}

static int32_t answer_differently(void *self, struct task *task)
{
    static const char *const names[] = {"zero", "one", "two"};
    fake_report(task, ASSAY_KIND_POLICY, names[task->round], task->object);
    fake_log(self, "%s", names[task->round]);
    g_autofree char *key = g_strdup_printf("n%u", task->round);
    return task->round < 2 ? fake_want(task, key) : ASSAY_RC_OK;
}

static void of_different_answers_only_the_last_counts(void)
{
    struct fake_bench bench;
    fake_bench_begin(&bench);
    fake_scanner(&bench.fake, "a", answer_differently);
    fake_run(&bench.fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(&bench.fake, "zero [n0] one [n1] two"));
    CU_ASSERT(fake_found(&bench.fake, "a policy two 1"));
    fake_end(&bench.fake);
}

UNIT_MAIN("scan_pending", UNIT(a_waiting_run_leaves_nothing_behind),
          UNIT(the_budget_is_given_back_exactly),
          UNIT(a_bound_that_a_waiting_run_reached_is_not_told),
          UNIT(a_waiting_run_may_leave_its_child_open),
          UNIT(a_child_of_a_waiting_run_is_nobodys_in_the_next),
          UNIT(who_asks_on_for_ever_is_blocked_after_so_many_rounds),
          UNIT(who_always_waits_has_failed_in_the_end),
          UNIT(only_so_many_wishes_of_a_task_are_asked),
          UNIT(all_tasks_together_ask_only_so_much),
          UNIT(of_different_answers_only_the_last_counts))
