/* SPDX-License-Identifier: MIT */
/* Who waits for whom, what is asked together, and what becomes of the answers. */
#include "fake.h"
#include "unit.h"

/* --- rounds --- */

static int32_t ask_two(void *self, struct task *task)
{
    (void)self;
    g_autofree char *own = g_strdup_printf("own.%s", task->scanner->name);
    int32_t a = fake_want(task, "shared");
    int32_t b = fake_want(task, own);
    return a == ASSAY_RC_PENDING || b == ASSAY_RC_PENDING ? ASSAY_RC_PENDING
                                                          : ASSAY_RC_OK;
}

static void all_wishes_of_a_round_are_asked_at_once_and_each_once(void)
{
    struct fake_bench bench;
    fake_bench_begin(&bench);
    fake_scanner(&bench.fake, "a", ask_two);
    fake_scanner(&bench.fake, "b", ask_two);
    fake_run(&bench.fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(&bench.fake, "[shared own.a own.b]"));
    CU_ASSERT_EQUAL(bench.fake.scan->uses[0].calls, 2);
    CU_ASSERT_EQUAL(bench.fake.scan->uses[1].calls, 2);
    CU_ASSERT(fake_found(&bench.fake, ""));
    fake_end(&bench.fake);
}

static int32_t ask_in_other_words(void *self, struct task *task)
{
    (void)self;
    const struct wish *wish = NULL;
    if (fake_want(task, "Example.ORG.") == ASSAY_RC_PENDING)
        return ASSAY_RC_PENDING;
    CU_ASSERT_EQUAL(task_want(task, ASSAY_WANT_DNS, 16, "example.org", &wish),
                    ASSAY_RC_OK);
    CU_ASSERT_STRING_EQUAL(wish->key, "example.org");
    CU_ASSERT_EQUAL(task_want(task, ASSAY_WANT_DNS, 1, "example.org", &wish),
                    ASSAY_RC_PENDING);
    CU_ASSERT_EQUAL(task_want(task, 99, 1, "example.org", &wish),
                    ASSAY_RC_NOTSUP);
    return ASSAY_RC_OK; /* does not wait for the last one after all */
}

static void names_are_asked_in_lower_case_without_the_final_dot(void)
{
    struct fake_bench bench;
    fake_bench_begin(&bench);
    fake_scanner(&bench.fake, "a", ask_in_other_words);
    fake_run(&bench.fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(&bench.fake, "[example.org]"));
    fake_end(&bench.fake);
}

static int32_t ask_too_long(void *self, struct task *task)
{
    (void)self;
    char name[300];
    memset(name, 'x', sizeof name);
    name[254] = '\0';
    CU_ASSERT_EQUAL(fake_want(task, name), ASSAY_RC_INVAL);
    name[253] = '.'; /* the final dot does not count */
    CU_ASSERT_EQUAL(fake_want(task, name), ASSAY_RC_PENDING);
    return ASSAY_RC_OK;
}

static void a_name_that_is_too_long_cannot_be_asked(void)
{
    struct fake_bench bench;
    fake_bench_begin(&bench);
    fake_scanner(&bench.fake, "a", ask_too_long);
    fake_run(&bench.fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_found(&bench.fake, ""));
    fake_end(&bench.fake);
}

/* --- objects and order --- */

static int32_t wait_when_deep(void *self, struct task *task)
{
    if (task->object->depth != 4)
        return ASSAY_RC_OK;
    fake_log(self, "w%u:%s", task->round, task->object->path);
    if (fake_want(task, "deep") == ASSAY_RC_PENDING)
        return ASSAY_RC_PENDING;
    return fake_report(task, ASSAY_KIND_POLICY, "deep", task->object);
}

static void who_waits_on_a_member_three_levels_deep_runs_nothing_again(void)
{
    struct fake_bench bench;
    fake_bench_begin(&bench);
    fake_scanner(&bench.fake, "u", fake_nest);
    fake_scanner(&bench.fake, "w", wait_when_deep);
    fake_run(&bench.fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(&bench.fake,
                          "u:1 u:1!d1 u:1!d1!d2 u:1!d1!d2!d3 w0:1!d1!d2!d3 "
                          "[deep] w1:1!d1!d2!d3"));
    CU_ASSERT(fake_found(&bench.fake, "w policy deep 1!d1!d2!d3"));
    fake_end(&bench.fake);
}

static int32_t unpack_after_answer(void *self, struct task *task)
{
    (void)self;
    if (task->object->depth > 1)
        return ASSAY_RC_OK;
    return fake_want(task, "key") == ASSAY_RC_PENDING
               ? ASSAY_RC_PENDING
               : fake_child(task, "late", "x", 1, NULL);
}

static int32_t log_message(void *self, struct task *task)
{
    fake_log(self, "stage%u", task->stage);
    return ASSAY_RC_OK;
}

static void a_stage_ends_when_all_its_tasks_have_finished(void)
{
    struct fake_bench bench;
    fake_bench_begin(&bench);
    fake_scanner(&bench.fake, "u", unpack_after_answer);
    fake_scanner(&bench.fake, "o", fake_log_object);
    fake_scanner(&bench.fake, "m", log_message)->stages =
        ASSAY_STAGE_BIT(ASSAY_STAGE_MESSAGE);
    fake_run(&bench.fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(&bench.fake, "o:1 [key] o:1!late stage7"));
    fake_end(&bench.fake);
}

static const char *const provides_f[] = {"p.f", NULL};
static const char *const provides_g[] = {"r.g", NULL};

static int32_t provide(void *self, struct task *task)
{
    fake_log(self, "p%u", task->round);
    if (fake_want(task, "a") == ASSAY_RC_PENDING)
        return ASSAY_RC_PENDING;
    return task_fact_set(task, "p.f", "1", 1);
}

static int32_t read_and_pass_on(void *self, struct task *task)
{
    const char *value = "-";
    fake_log(self, "r%u", task->round);
    CU_ASSERT_EQUAL(task_fact_get(task, "p.f", &value), ASSAY_RC_OK);
    if (fake_want(task, "b") == ASSAY_RC_PENDING)
        return ASSAY_RC_PENDING;
    return task_fact_set(task, "r.g", "2", 1);
}

static int32_t read_last(void *self, struct task *task)
{
    const char *value = "-";
    CU_ASSERT_EQUAL(task_fact_get(task, "r.g", &value), ASSAY_RC_OK);
    fake_log(self, "s%u", task->round);
    return ASSAY_RC_OK;
}

static void readers_wait_for_their_providers(void)
{
    struct fake_bench bench;
    fake_bench_begin(&bench);
    fake_scanner(&bench.fake, "p", provide)->provides = provides_f;
    struct scanner *r = fake_scanner(&bench.fake, "r", read_and_pass_on);
    r->reads = provides_f;
    r->provides = provides_g;
    fake_scanner(&bench.fake, "s", read_last)->reads = provides_g;
    fake_scanner(&bench.fake, "free", fake_log_object);
    fake_run(&bench.fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(&bench.fake, "p0 free:1 [a] p1 r0 [b] r1 s0"));
    fake_end(&bench.fake);
}

static int32_t wait_per_rcpt(void *self, struct task *task)
{
    if (fake_want(task, task->rcpt == 0 ? "zero" : "one") == ASSAY_RC_PENDING)
        return ASSAY_RC_PENDING;
    fake_log(self, "rcpt%d", task->rcpt);
    return ASSAY_RC_OK;
}

static void recipients_are_asked_about_together(void)
{
    struct fake_bench bench;
    fake_bench_begin(&bench);
    g_ptr_array_add(bench.fake.session->rcpts, g_strdup("a"));
    g_ptr_array_add(bench.fake.session->rcpts, g_strdup("b"));
    fake_scanner(&bench.fake, "r", wait_per_rcpt)->stages =
        ASSAY_STAGE_BIT(ASSAY_STAGE_RCPT);
    fake_run(&bench.fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(&bench.fake, "[zero one] rcpt0 rcpt1"));
    fake_end(&bench.fake);
}

/* --- resolvers --- */

static int32_t log_state(void *self, struct task *task)
{
    const struct wish *wish = NULL;
    int32_t rc = task_want(task, ASSAY_WANT_LOOKUP, 0, "t:k", &wish);
    if (rc == ASSAY_RC_PENDING)
        return ASSAY_RC_PENDING;
    fake_log(self, "%u", wish->state);
    return ASSAY_RC_OK;
}

static void answer_nothing(void *self, struct wish *const *wishes, size_t n)
{
    (void)self;
    (void)wishes;
    (void)n;
}

static void without_a_resolver_nobody_is_asked(void)
{
    struct fake_bench bench;
    fake_bench_begin(&bench);
    bench.fake.plan.resolver = NULL;
    fake_scanner(&bench.fake, "a", log_state);
    fake_run(&bench.fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(&bench.fake, "8"));
    fake_end(&bench.fake);
}

static void what_a_resolver_leaves_open_is_servfail(void)
{
    struct fake_bench bench;
    fake_bench_begin(&bench);
    bench.resolver.resolve = answer_nothing;
    fake_scanner(&bench.fake, "a", log_state);
    fake_run(&bench.fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(&bench.fake, "4"));
    fake_end(&bench.fake);
}

static void sleep_and_answer(void *self, struct wish *const *wishes, size_t n)
{
    g_usleep(120000);
    fake_log_and_answer(self, wishes, n);
}

static void who_waits_past_the_deadline_is_told_as_partial_once(void)
{
    struct fake_bench bench;
    fake_bench_begin(&bench);
    bench.fake.plan.limits.max_time_ms = 100;
    bench.resolver.resolve = sleep_and_answer;
    fake_scanner(&bench.fake, "a", ask_two);
    fake_scanner(&bench.fake, "b", ask_two);
    fake_scanner(&bench.fake, "m", log_message)->stages =
        ASSAY_STAGE_BIT(ASSAY_STAGE_MESSAGE);
    fake_run(&bench.fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(&bench.fake, "[shared own.a own.b]"));
    CU_ASSERT(fake_found(&bench.fake, "core partial time 1"));
    CU_ASSERT_EQUAL(bench.fake.scan->uses[0].calls, 1);
    fake_end(&bench.fake);
}

UNIT_MAIN("scan_rounds",
          UNIT(all_wishes_of_a_round_are_asked_at_once_and_each_once),
          UNIT(names_are_asked_in_lower_case_without_the_final_dot),
          UNIT(a_name_that_is_too_long_cannot_be_asked),
          UNIT(who_waits_on_a_member_three_levels_deep_runs_nothing_again),
          UNIT(a_stage_ends_when_all_its_tasks_have_finished),
          UNIT(readers_wait_for_their_providers),
          UNIT(recipients_are_asked_about_together),
          UNIT(without_a_resolver_nobody_is_asked),
          UNIT(what_a_resolver_leaves_open_is_servfail),
          UNIT(who_waits_past_the_deadline_is_told_as_partial_once))
