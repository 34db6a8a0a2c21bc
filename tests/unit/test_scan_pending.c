/* SPDX-License-Identifier: MIT */
#include "fake.h"
#include "unit.h"

/* A resolver that logs each round as "[key key]" and answers by the key. */
static void log_and_answer(void *self, struct wish *const *wishes, size_t n)
{
    struct fake *fake = self;
    for (size_t i = 0; i < n; i++) {
        fake_log(fake, "%s%s%s", i == 0 ? "[" : "", wishes[i]->key,
                 i + 1 == n ? "]" : "");
        wishes[i]->state = ASSAY_ANSWER_DATA;
        struct wish_record record = {.type = wishes[i]->type,
                                     .data = wishes[i]->key,
                                     .data_n = strlen(wishes[i]->key)};
        wish_add_record(wishes[i], &record);
    }
}

struct bench {
    struct fake fake;
    struct resolver resolver;
};

static void begin(struct bench *bench)
{
    fake_begin(&bench->fake);
    bench->resolver = (struct resolver){log_and_answer, &bench->fake};
    bench->fake.plan.resolver = &bench->resolver;
}

static int32_t want(struct task *task, const char *key)
{
    const struct wish *wish = NULL;
    return task_want(task, ASSAY_WANT_DNS, 16, key, &wish);
}

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
    return want(task, task->round == 0 ? "a" : "b") == ASSAY_RC_PENDING
               ? ASSAY_RC_PENDING
               : ASSAY_RC_OK;
}

static int32_t log_object(void *self, struct task *task)
{
    fake_log(self, "%s:%s", task->scanner->name, task->object->path);
    return ASSAY_RC_OK;
}

static void a_waiting_run_leaves_nothing_behind(void)
{
    struct bench bench;
    begin(&bench);
    struct fake *fake = &bench.fake;
    struct scanner *p = fake_scanner(fake, "p", say_all_then_wait);
    p->provides = facts;
    p->flags |= ASSAY_FLAG_EDITS;
    p->min_size = 3; /* not of the child */
    fake_scanner(fake, "q", log_object);
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
    return task->round < 20 && want(task, task->round % 2 == 0 ? "a" : "b") ==
                                   ASSAY_RC_PENDING
               ? ASSAY_RC_PENDING
               : ASSAY_RC_OK;
}

static void the_budget_is_given_back_exactly(void)
{
    struct bench bench;
    begin(&bench);
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
    if (want(task, "a") == ASSAY_RC_PENDING) {
        CU_ASSERT_EQUAL(fake_child(task, "m", block, sizeof block, NULL),
                        ASSAY_RC_LIMIT);
        return ASSAY_RC_PENDING;
    }
    return fake_child(task, "m", block, 10, NULL);
}

static void a_bound_that_a_waiting_run_reached_is_not_told(void)
{
    struct bench bench;
    begin(&bench);
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
    if (want(task, "a") == ASSAY_RC_OK)
        return ASSAY_RC_OK;
    CU_ASSERT_EQUAL(writer_begin(task, &about, &writer), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(writer_write(writer, "x", 1), ASSAY_RC_OK);
    return ASSAY_RC_PENDING;
}

static void a_waiting_run_may_leave_its_child_open(void)
{
    struct bench bench;
    begin(&bench);
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
    if (want(task, "a") == ASSAY_RC_OK) {
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
    struct bench bench;
    begin(&bench);
    fake_scanner(&bench.fake, "p", remember_child_and_wait);
    fake_run(&bench.fake, FAKE_TEXT_MAIL);
    CU_ASSERT_EQUAL(bench.fake.scan->uses[0].calls, 2);
    fake_end(&bench.fake);
}

/* --- rounds --- */

static int32_t ask_two(void *self, struct task *task)
{
    (void)self;
    g_autofree char *own = g_strdup_printf("own.%s", task->scanner->name);
    int32_t a = want(task, "shared");
    int32_t b = want(task, own);
    return a == ASSAY_RC_PENDING || b == ASSAY_RC_PENDING ? ASSAY_RC_PENDING
                                                          : ASSAY_RC_OK;
}

static void all_wishes_of_a_round_are_asked_at_once_and_each_once(void)
{
    struct bench bench;
    begin(&bench);
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
    if (want(task, "Example.ORG.") == ASSAY_RC_PENDING)
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
    struct bench bench;
    begin(&bench);
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
    CU_ASSERT_EQUAL(want(task, name), ASSAY_RC_INVAL);
    name[253] = '.'; /* the final dot does not count */
    CU_ASSERT_EQUAL(want(task, name), ASSAY_RC_PENDING);
    return ASSAY_RC_OK;
}

static void a_name_that_is_too_long_cannot_be_asked(void)
{
    struct bench bench;
    begin(&bench);
    fake_scanner(&bench.fake, "a", ask_too_long);
    fake_run(&bench.fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_found(&bench.fake, ""));
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
    struct bench bench;
    begin(&bench);
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
    struct bench bench;
    begin(&bench);
    bench.fake.plan.limits.max_rounds = 3;
    fake_scanner(&bench.fake, "a", always_wait);
    fake_scanner(&bench.fake, "b", log_object);
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
    struct bench bench;
    begin(&bench);
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
    struct bench bench;
    begin(&bench);
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
    return task->round < 2 ? want(task, key) : ASSAY_RC_OK;
}

static void of_different_answers_only_the_last_counts(void)
{
    struct bench bench;
    begin(&bench);
    fake_scanner(&bench.fake, "a", answer_differently);
    fake_run(&bench.fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(&bench.fake, "zero [n0] one [n1] two"));
    CU_ASSERT(fake_found(&bench.fake, "a policy two 1"));
    fake_end(&bench.fake);
}

/* --- objects and order --- */

static int32_t unpack_three_levels(void *self, struct task *task)
{
    fake_log(self, "u:%s", task->object->path);
    g_autofree char *name = g_strdup_printf("d%u", task->object->depth);
    return task->object->depth < 4 ? fake_child(task, name, "x", 1, NULL)
                                   : ASSAY_RC_OK;
}

static int32_t wait_when_deep(void *self, struct task *task)
{
    if (task->object->depth != 4)
        return ASSAY_RC_OK;
    fake_log(self, "w%u:%s", task->round, task->object->path);
    if (want(task, "deep") == ASSAY_RC_PENDING)
        return ASSAY_RC_PENDING;
    return fake_report(task, ASSAY_KIND_POLICY, "deep", task->object);
}

static void who_waits_on_a_member_three_levels_deep_runs_nothing_again(void)
{
    struct bench bench;
    begin(&bench);
    fake_scanner(&bench.fake, "u", unpack_three_levels);
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
    return want(task, "key") == ASSAY_RC_PENDING
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
    struct bench bench;
    begin(&bench);
    fake_scanner(&bench.fake, "u", unpack_after_answer);
    fake_scanner(&bench.fake, "o", log_object);
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
    if (want(task, "a") == ASSAY_RC_PENDING)
        return ASSAY_RC_PENDING;
    return task_fact_set(task, "p.f", "1", 1);
}

static int32_t read_and_pass_on(void *self, struct task *task)
{
    const char *value = "-";
    fake_log(self, "r%u", task->round);
    CU_ASSERT_EQUAL(task_fact_get(task, "p.f", &value), ASSAY_RC_OK);
    if (want(task, "b") == ASSAY_RC_PENDING)
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
    struct bench bench;
    begin(&bench);
    fake_scanner(&bench.fake, "p", provide)->provides = provides_f;
    struct scanner *r = fake_scanner(&bench.fake, "r", read_and_pass_on);
    r->reads = provides_f;
    r->provides = provides_g;
    fake_scanner(&bench.fake, "s", read_last)->reads = provides_g;
    fake_scanner(&bench.fake, "free", log_object);
    fake_run(&bench.fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(&bench.fake, "p0 free:1 [a] p1 r0 [b] r1 s0"));
    fake_end(&bench.fake);
}

static int32_t wait_per_rcpt(void *self, struct task *task)
{
    if (want(task, task->rcpt == 0 ? "zero" : "one") == ASSAY_RC_PENDING)
        return ASSAY_RC_PENDING;
    fake_log(self, "rcpt%d", task->rcpt);
    return ASSAY_RC_OK;
}

static void recipients_are_asked_about_together(void)
{
    struct bench bench;
    begin(&bench);
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
    struct bench bench;
    begin(&bench);
    bench.fake.plan.resolver = NULL;
    fake_scanner(&bench.fake, "a", log_state);
    fake_run(&bench.fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(&bench.fake, "8"));
    fake_end(&bench.fake);
}

static void what_a_resolver_leaves_open_is_servfail(void)
{
    struct bench bench;
    begin(&bench);
    bench.resolver.resolve = answer_nothing;
    fake_scanner(&bench.fake, "a", log_state);
    fake_run(&bench.fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(&bench.fake, "4"));
    fake_end(&bench.fake);
}

static void sleep_and_answer(void *self, struct wish *const *wishes, size_t n)
{
    g_usleep(120000);
    log_and_answer(self, wishes, n);
}

static void who_waits_past_the_deadline_is_told_as_partial_once(void)
{
    struct bench bench;
    begin(&bench);
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

UNIT_MAIN("scan_pending", UNIT(a_waiting_run_leaves_nothing_behind),
          UNIT(the_budget_is_given_back_exactly),
          UNIT(a_bound_that_a_waiting_run_reached_is_not_told),
          UNIT(a_waiting_run_may_leave_its_child_open),
          UNIT(a_child_of_a_waiting_run_is_nobodys_in_the_next),
          UNIT(all_wishes_of_a_round_are_asked_at_once_and_each_once),
          UNIT(names_are_asked_in_lower_case_without_the_final_dot),
          UNIT(a_name_that_is_too_long_cannot_be_asked),
          UNIT(who_asks_on_for_ever_is_blocked_after_so_many_rounds),
          UNIT(who_always_waits_has_failed_in_the_end),
          UNIT(only_so_many_wishes_of_a_task_are_asked),
          UNIT(all_tasks_together_ask_only_so_much),
          UNIT(of_different_answers_only_the_last_counts),
          UNIT(who_waits_on_a_member_three_levels_deep_runs_nothing_again),
          UNIT(a_stage_ends_when_all_its_tasks_have_finished),
          UNIT(readers_wait_for_their_providers),
          UNIT(recipients_are_asked_about_together),
          UNIT(without_a_resolver_nobody_is_asked),
          UNIT(what_a_resolver_leaves_open_is_servfail),
          UNIT(who_waits_past_the_deadline_is_told_as_partial_once))
