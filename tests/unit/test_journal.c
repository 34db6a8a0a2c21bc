/* SPDX-License-Identifier: MIT */
/* A scan that was suspended comes to the same as one that was not. */
#include "dump.h"
#include "fake.h"
#include "play.h"
#include "scan/wishes.h"
#include "unit.h"

/* --- several in several stages --- */

static const char *const facts_a[] = {"a.f", NULL};
static const char *const facts_b[] = {"b.*", NULL};
static const char *const reads_both[] = {"a.f", "b.*", NULL};

#define ALL_STAGES (UINT64_MAX)

/* Asks twice, then says all that can be said. */
static int32_t ask_twice(void *self, struct task *task)
{
    (void)self;
    play_way.calls++;
    const char *name = task->scanner->name;
    g_autofree char *first =
        g_strdup_printf("no.%s.%u.%d", name, task->stage, task->rcpt);
    g_autofree char *fact = g_strdup_printf("%s.f", name);
    fake_report(task, ASSAY_KIND_POLICY, "of a waiting run or the last", NULL);
    if (play_want(task, first) != ASSAY_RC_OK ||
        play_want(task, "shared") != ASSAY_RC_OK)
        return ASSAY_RC_PENDING;
    g_autofree char *value =
        g_strdup_printf("%s at %u in %u", name, task->stage, task->round);
    if (task->scanner->provides != NULL)
        task_fact_set(task, fact, value, strlen(value));
    task_count(task, "x.y", value, strlen(value), 3);
    return ASSAY_RC_OK;
}

static int32_t tell_facts(void *self, struct task *task)
{
    const char *value;
    (void)self;
    play_way.calls++;
    for (unsigned i = 0; i < 2; i++)
        if (task_fact_get(task, i == 0 ? "a.f" : "b.f", &value) == ASSAY_RC_OK)
            fake_report(task, ASSAY_KIND_INFO, value, NULL);
    return ASSAY_RC_OK;
}

static int32_t wait_and_tell_facts(void *self, struct task *task)
{
    g_autofree char *key = g_strdup_printf("bad.%u", task->stage);
    return play_want(task, key) == ASSAY_RC_OK ? tell_facts(self, task)
                                               : ASSAY_RC_PENDING;
}

static void several_in_all_stages(struct fake *fake)
{
    session_set_client_ip(fake->session, "192.0.2.1");
    fake->session->helo = g_strdup("mx");
    fake->session->mail_from = g_strdup("a@b.org");
    g_ptr_array_add(fake->session->rcpts, g_strdup("r1@c.org"));
    g_ptr_array_add(fake->session->rcpts, g_strdup("r2@c.org"));
    fake_scanner(fake, "a", ask_twice)->provides = facts_a;
    fake_scanner(fake, "q", tell_facts);
    fake_scanner(fake, "b", ask_twice)->provides = facts_b;
    fake_scanner(fake, "r", tell_facts)->reads = reads_both;
    fake_scanner(fake, "s", wait_and_tell_facts)->reads = reads_both;
    for (size_t i = 0; i < fake->plan.scanner_n; i++)
        fake->scanners[i].stages = ALL_STAGES;
}

static void many_who_wait_in_all_stages_come_to_the_same(void)
{
    static const struct play play = {FAKE_TEXT_MAIL, several_in_all_stages};
    CU_ASSERT_TRUE(play_is_same(&play));
    /* Seven stages, in each: the first, the shared one at first, what s asks. */
    CU_ASSERT(play_way.rounds >= 14);
    CU_ASSERT(play_way.calls <
              200); /* nobody who had finished was asked again */
}

static void other_order(struct fake *fake)
{
    several_in_all_stages(fake);
    const struct scanner *first = fake->list[1];
    fake->list[1] = fake->list[2];
    fake->list[2] = first;
}

static void a_journal_of_other_scanners_is_refused_and_its_answers_kept(void)
{
    static const struct play play = {FAKE_TEXT_MAIL, several_in_all_stages};
    static const struct play other = {FAKE_TEXT_MAIL, other_order};
    g_autofree char *first = play_suspended(&play);
    GBytes *journal = g_bytes_ref(play_way.last);
    g_autofree char *direct = play_direct(&other);
    g_autofree char *text = play_round(&other, &journal);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text); /* every answer was there */
    CU_ASSERT_STRING_EQUAL(play_way.refused, "it is of other scanners");
    CU_ASSERT_TRUE(dump_same(direct, text));
}

/* --- those who never have enough --- */

static int32_t ask_for_ever(void *self, struct task *task)
{
    const struct wish *wish;
    (void)self;
    g_autofree char *key = g_strdup_printf("r%u", task->round);
    int32_t rc = task_want(task, ASSAY_WANT_DNS, 1, key, &wish);
    if (rc == ASSAY_RC_OK && wish->state == ASSAY_ANSWER_BLOCKED)
        return fake_report(task, ASSAY_KIND_INFO, key, NULL);
    return ASSAY_RC_PENDING;
}

static int32_t wait_for_nothing(void *self, struct task *task)
{
    play_want(task, "once");
    (void)self;
    return ASSAY_RC_PENDING;
}

static void greedy(struct fake *fake)
{
    fake_scanner(fake, "ever", ask_for_ever);
    fake_scanner(fake, "idle", wait_for_nothing);
    fake->plan.limits.max_rounds = 5;
    fake->plan.limits.max_wishes = 4;
}

static void who_waits_for_ever_is_blocked_in_the_same_round(void)
{
    static const struct play play = {FAKE_TEXT_MAIL, greedy};
    CU_ASSERT_TRUE(play_is_same(&play));
    CU_ASSERT(play_way.rounds >= 4);
}

static void what_is_not_answered_is_servfail(void)
{
    static const struct play play = {FAKE_TEXT_MAIL, several_in_all_stages};
    play_way.leaves_open = true;
    g_autofree char *text = play_suspended(&play);
    play_way.leaves_open = false;
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"shared=4/0\""));
    CU_ASSERT_PTR_NULL(strstr(text, "=0/"));
}

static void a_journal_that_is_too_large_is_not_written(void)
{
    static const struct play play = {PLAY_ARCHIVE_MAIL, play_slow_archives};
    static const size_t sizes[] = {1, 50, 200, 700, 1000, 1500};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        play_way.journal_max = sizes[i];
        g_autofree char *text = play_suspended(&play);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "=4/0\""));
        CU_ASSERT(play_way.last == NULL || play_way.rounds == 0 ||
                  g_bytes_get_size(play_way.last) <= sizes[i] + 200);
    }
    play_way.journal_max = 0;
}

/* --- and the short forms --- */

static void who_may_not_suspend_finishes_with_the_resolver(void)
{
    struct fake fake;
    fake_begin(&fake);
    play_archives(&fake);
    fake.plan.resolver = &play_resolver;
    fake_run(&fake, PLAY_ARCHIVE_MAIL);
    CU_ASSERT_FALSE(fake.scan->is_suspended);
    CU_ASSERT_PTR_NULL(fake.scan->journal);
    CU_ASSERT_PTR_NULL(fake.scan->open);
    fake_end(&fake);
}

static void a_scan_that_is_late_is_not_suspended(void)
{
    struct fake fake;
    fake_begin(&fake);
    play_archives(&fake);
    g_autoptr(GBytes) raw =
        g_bytes_new_static(PLAY_ARCHIVE_MAIL, strlen(PLAY_ARCHIVE_MAIL));
    fake.message = message_new(raw, fake.session, &fake.plan.limits);
    const struct scan_input input = {
        .message = fake.message, .deadline_ns = 1, .may_suspend = true};
    fake.scan = scan_run_input(&fake.plan, &input);
    CU_ASSERT_FALSE(fake.scan->is_suspended);
    CU_ASSERT(fake_found(&fake, "core partial time 1"));
    fake_end(&fake);
}

static void answers_that_came_after_the_deadline_keep_what_was_found(void)
{
    static const struct play play = {PLAY_ARCHIVE_MAIL, play_slow_archives};
    g_autofree char *whole = play_suspended(&play);
    CU_ASSERT_EQUAL(play_way.rounds, 5);
    GBytes *bytes = g_bytes_ref(play_way.last);
    size_t n;
    const void *p = g_bytes_get_data(bytes, &n);
    struct journal *journal = journal_unpack(p, n);
    struct fake fake;
    fake_begin(&fake);
    play_slow_archives(&fake);
    g_autoptr(GBytes) raw =
        g_bytes_new_static(PLAY_ARCHIVE_MAIL, strlen(PLAY_ARCHIVE_MAIL));
    fake.message = message_new(raw, fake.session, &fake.plan.limits);
    const struct scan_input input = {.message = fake.message,
                                     .deadline_ns = 1,
                                     .journal = journal,
                                     .may_suspend = true};
    fake.scan = scan_run_input(&fake.plan, &input);
    CU_ASSERT_FALSE(fake.scan->is_suspended);
    CU_ASSERT_PTR_NULL(fake.scan->journal_refused);
    CU_ASSERT(fake.message->objects->len > 8);
    g_autofree char *found = fake_findings(&fake);
    CU_ASSERT_PTR_NOT_NULL(strstr(found, "zip info member 1!m!m!m!m;"));
    CU_ASSERT_PTR_NOT_NULL(strstr(found, "core partial time"));
    fake_end(&fake);
    journal_free(journal);
    g_bytes_unref(bytes);
}

static void wishes_are_packed_whole_or_not_at_all(void)
{
    g_autoptr(GPtrArray) wishes = wishes_new();
    g_ptr_array_add(wishes, wish_new(ASSAY_WANT_DNS, 16, "a.org"));
    g_ptr_array_add(wishes, wish_new(ASSAY_WANT_LOOKUP, 0, "t:k"));
    play_answer(wishes->pdata[1]);
    uint8_t room[200];
    struct packer to;
    packer_fixed(&to, room, sizeof room);
    wishes_pack(wishes, &to);
    for (size_t n = 0; n <= to.n; n++) {
        g_autoptr(GPtrArray) again = wishes_new();
        g_autofree uint8_t *copy = g_memdup2(room, n);
        struct unpacker from;
        unpacker_init(&from, copy, n);
        wishes_unpack(&from, again);
        CU_ASSERT_EQUAL(again->len, n == to.n ? 2 : 0);
        CU_ASSERT_EQUAL(unpack_end(&from), n == to.n);
    }
}

UNIT_MAIN("journal", UNIT(many_who_wait_in_all_stages_come_to_the_same),
          UNIT(a_journal_of_other_scanners_is_refused_and_its_answers_kept),
          UNIT(who_waits_for_ever_is_blocked_in_the_same_round),
          UNIT(what_is_not_answered_is_servfail),
          UNIT(a_journal_that_is_too_large_is_not_written),
          UNIT(who_may_not_suspend_finishes_with_the_resolver),
          UNIT(a_scan_that_is_late_is_not_suspended),
          UNIT(answers_that_came_after_the_deadline_keep_what_was_found),
          UNIT(wishes_are_packed_whole_or_not_at_all))
