/* SPDX-License-Identifier: MIT */
/*
 * Stages of a session, run one after the other as the session comes to know more: they
 * come to what the scan at once would have come to, and nobody is asked twice.
 */
#include "dump.h"
#include "fake.h"
#include "play.h"
#include "scan/journal.h"
#include "unit.h"

enum {
    RCPTS = 3,
    STEPS = 3 + RCPTS, /* CONNECT, HELO, MAIL, each recipient */
    NOW_S = 1700000000
};

static const char *const rcpts[RCPTS] = {"r1@c.org", "r2@c.org", "r3@c.org"};

/* --- scanners -------------------------------------------------------------------------- */

static const char *const facts_a[] = {"a.*", NULL};
static const char *const facts_b[] = {"b.*", NULL};
static const char *const reads_both[] = {"a.*", "b.*", NULL};

static void set_fact(struct task *task)
{
    g_autofree char *key =
        g_strdup_printf("%s.s%u.r%d", task->scanner->name, task->stage,
                        task->rcpt < 0 ? 9 : task->rcpt);
    g_autofree char *value = g_strdup_printf("in round %u", task->round);
    task_fact_set(task, key, value, strlen(value));
}

/* Of the stage, and of the recipient where there is one. */
static void tell(struct task *task, const char *what)
{
    struct finding *f = fake_finding(ASSAY_KIND_POLICY, what, NULL);
    f->rcpt = task->rcpt;
    f->text = g_strdup_printf("stage %u", task->stage);
    task_report(task, f);
}

/* Asks twice: its own question, and one that all have. */
static int32_t ask_twice(void *self, struct task *task)
{
    (void)self;
    play_way.calls++;
    g_autofree char *first = g_strdup_printf("no.%s.%u.%d", task->scanner->name,
                                             task->stage, task->rcpt);
    if (play_want(task, first) != ASSAY_RC_OK ||
        play_want(task, "shared") != ASSAY_RC_OK)
        return ASSAY_RC_PENDING;
    set_fact(task);
    tell(task, "asked");
    task_count(task, "x.y", first, strlen(first), 3);
    return ASSAY_RC_OK;
}

static int32_t say(void *self, struct task *task)
{
    (void)self;
    play_way.calls++;
    set_fact(task);
    tell(task, "said");
    return ASSAY_RC_OK;
}

/* What the others have set in the stage before, and in this one. */
static int32_t tell_facts(void *self, struct task *task)
{
    const char *value;
    (void)self;
    play_way.calls++;
    for (unsigned stage = ASSAY_STAGE_CONNECT; stage <= task->stage; stage++) {
        int rcpt = stage == ASSAY_STAGE_RCPT ? MAX(task->rcpt, 0) : 9;
        for (unsigned i = 0; i < 2; i++) {
            g_autofree char *key =
                g_strdup_printf("%s.s%u.r%d", i == 0 ? "a" : "b", stage, rcpt);
            if (task_fact_get(task, key, &value) != ASSAY_RC_OK)
                continue;
            g_autofree char *text = g_strdup_printf("%s=%s", key, value);
            tell(task, text);
        }
    }
    return ASSAY_RC_OK;
}

static void scanners_only(struct fake *fake)
{
    fake_scanner(fake, "a", ask_twice)->provides = facts_a;
    fake_scanner(fake, "b", say)->provides = facts_b;
    fake_scanner(fake, "r", tell_facts)->reads = reads_both;
    for (size_t i = 0; i < fake->plan.scanner_n; i++)
        fake->scanners[i].stages = UINT64_MAX;
}

/* What the session knows after so many steps. */
static void learn(struct session *session, unsigned steps)
{
    if (steps > 0)
        session_set_client_ip(session, "192.0.2.1");
    if (steps > 1)
        session->helo = g_strdup("mx");
    if (steps > 2)
        session->mail_from = g_strdup("a@b.org");
    for (unsigned i = 3; i < steps; i++)
        g_ptr_array_add(session->rcpts, g_strdup(rcpts[i - 3]));
}

static void whole(struct fake *fake)
{
    scanners_only(fake);
    learn(fake->session, STEPS);
}

static const struct play play = {FAKE_TEXT_MAIL, whole};

/* --- one stage -------------------------------------------------------------------------- */

/* One scan, up to a stage or (0) all of it. */
struct step {
    uint32_t until;
    unsigned steps; /* that the session knows */
    size_t journal_max;
    uint64_t deadline_ns;
    void (*change)(struct session *session); /* NULL: nothing */
    /* What came of it. */
    char *refused;
    char *text;     /* of dump_scan */
    char *findings; /* of fake_findings */
    unsigned facts;
    unsigned rounds; /* for answers */
};

static void step_clear(struct step *step)
{
    g_clear_pointer(&step->refused, g_free);
    g_clear_pointer(&step->text, g_free);
    g_clear_pointer(&step->findings, g_free);
}

static struct journal *unpack(GBytes *bytes)
{
    size_t n;
    const void *p = bytes != NULL ? g_bytes_get_data(bytes, &n) : NULL;
    return p != NULL ? journal_unpack(p, n) : NULL;
}

/* One process of its own; the journal that comes of it, suspended or not. */
static GBytes *run_once(struct step *step, GBytes *journal, bool *is_suspended)
{
    struct fake fake;
    fake_begin(&fake);
    scanners_only(&fake);
    learn(fake.session, step->steps);
    if (step->change != NULL)
        step->change(fake.session);
    const char *mail = step->until == 0 ? FAKE_TEXT_MAIL : "";
    g_autoptr(GBytes) raw = g_bytes_new_static(mail, strlen(mail));
    fake.message = message_new(raw, fake.session, &fake.plan.limits);
    struct journal *from = unpack(journal);
    const struct scan_input input = {.message = fake.message,
                                     .now_s = NOW_S,
                                     .deadline_ns = step->deadline_ns,
                                     .journal = from,
                                     .until = step->until,
                                     .may_suspend = true,
                                     .journal_max = step->journal_max};
    fake.scan = scan_run_input(&fake.plan, &input);
    GBytes *next = fake.scan->journal;
    *is_suspended = fake.scan->is_suspended;
    if (fake.scan->journal_refused != NULL) {
        g_free(step->refused);
        step->refused = g_strdup(fake.scan->journal_refused);
    }
    step->text = dump_scan(fake.scan);
    step->findings = fake_findings(&fake);
    step->facts = g_hash_table_size(fake.scan->facts);
    if (next != NULL)
        g_bytes_ref(next);
    journal_free(from);
    fake_end(&fake);
    return next;
}

/* With all answers that it waits for.  Its journal, yours; NULL: there is none. */
static GBytes *run_step(struct step *step, GBytes *journal)
{
    bool is_suspended = true;
    step_clear(step);
    step->rounds = 0;
    GBytes *now = journal != NULL ? g_bytes_ref(journal) : NULL;
    while (is_suspended && step->rounds < 100) {
        g_clear_pointer(&step->text, g_free);
        g_clear_pointer(&step->findings, g_free);
        GBytes *next = run_once(step, now, &is_suspended);
        g_clear_pointer(&now, g_bytes_unref);
        now = next;
        if (!is_suspended)
            break;
        step->rounds++;
        now = play_answered(next);
        g_bytes_unref(next);
    }
    CU_ASSERT_FALSE(is_suspended);
    return now;
}

static uint32_t stage_after(unsigned steps)
{
    return MIN(steps, (unsigned)ASSAY_STAGE_RCPT);
}

/* The journal after so many steps at once. */
static GBytes *journal_after(unsigned steps)
{
    struct step step = {.until = stage_after(steps), .steps = steps};
    GBytes *journal = run_step(&step, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(journal);
    step_clear(&step);
    return journal;
}

/* The lines in alphabetical order: what was said, in whatever order. */
static char *sorted(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    qsort(lines, g_strv_length(lines), sizeof *lines, dump_order);
    return g_strjoinv("\n", lines);
}

static bool same_but_for_order(const char *one, const char *other)
{
    g_autofree char *a = sorted(one);
    g_autofree char *b = sorted(other);
    return dump_same(a, b);
}

/* --- promises --------------------------------------------------------------------------- */

/* Bit i: there is a scan after step i. */
static void stages_in_any_grouping_come_to_the_scan_at_once(void)
{
    play_way.calls = 0;
    g_autofree char *direct = play_direct(&play);
    unsigned calls = play_way.calls;
    for (unsigned grouping = 0; grouping < 1u << STEPS; grouping++) {
        GBytes *journal = NULL;
        struct step step = {0};
        play_way.calls = 0;
        for (unsigned i = 0; i < STEPS; i++) {
            if ((grouping & 1u << i) == 0)
                continue;
            step.until = stage_after(i + 1);
            step.steps = i + 1;
            GBytes *next = run_step(&step, journal);
            CU_ASSERT_PTR_NOT_NULL_FATAL(next);
            CU_ASSERT_PTR_NULL(step.refused);
            g_clear_pointer(&journal, g_bytes_unref);
            journal = next;
        }
        step.until = 0;
        step.steps = STEPS;
        GBytes *none = run_step(&step, journal);
        CU_ASSERT_PTR_NULL(none);
        CU_ASSERT_PTR_NULL(step.refused);
        CU_ASSERT(same_but_for_order(direct, step.text));
        CU_ASSERT_EQUAL(play_way.calls, calls);
        g_clear_pointer(&journal, g_bytes_unref);
        step_clear(&step);
    }
}

static void a_stage_tells_what_is_known_so_far(void)
{
    struct step step = {.until = ASSAY_STAGE_CONNECT, .steps = 1};
    GBytes *connect = run_step(&step, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(strstr(step.findings, "b policy said -"));
    CU_ASSERT_PTR_NOT_NULL(strstr(step.text, "\"stage 1\""));
    CU_ASSERT_PTR_NULL(strstr(step.text, "\"stage 2\""));
    CU_ASSERT_PTR_NULL(strstr(step.text, "mail.empty"));
    CU_ASSERT_EQUAL(step.facts, 2);
    step.until = ASSAY_STAGE_HELO;
    step.steps = 2;
    GBytes *helo = run_step(&step, connect);
    CU_ASSERT_PTR_NOT_NULL(strstr(step.text, "\"stage 1\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(step.text, "\"stage 2\""));
    CU_ASSERT_EQUAL(step.facts, 4);
    step_clear(&step);
    g_bytes_unref(connect);
    g_bytes_unref(helo);
}

static void a_recipient_is_asked_about_when_it_comes(void)
{
    GBytes *journal = journal_after(3);
    for (unsigned i = 0; i < RCPTS; i++) {
        struct step step = {.until = ASSAY_STAGE_RCPT, .steps = 4 + i};
        play_way.calls = 0;
        GBytes *next = run_step(&step, journal);
        /* a in two rounds (it knows the shared answer), b, r. */
        CU_ASSERT_EQUAL(play_way.calls, 4);
        g_autofree char *of_it =
            g_strdup_printf(" %u 0 0 - \"said\" \"stage 4\"", i);
        g_autofree char *of_next =
            g_strdup_printf(" %u 0 0 - \"said\" \"stage 4\"", i + 1);
        CU_ASSERT_PTR_NOT_NULL(strstr(step.text, of_it));
        CU_ASSERT_PTR_NULL(strstr(step.text, of_next));
        CU_ASSERT_PTR_NULL(step.refused);
        g_bytes_unref(journal);
        journal = next;
        step_clear(&step);
    }
    g_bytes_unref(journal);
}

static void other_helo(struct session *session)
{
    g_free(session->helo);
    session->helo = g_strdup("other");
}

static void other_client(struct session *session)
{
    session_set_client_ip(session, "192.0.2.2");
}

static void other_sender(struct session *session)
{
    g_free(session->mail_from);
    session->mail_from = g_strdup("other@b.org");
}

static void no_sender(struct session *session)
{
    g_clear_pointer(&session->mail_from, g_free);
}

static void other_recipient(struct session *session)
{
    g_free(session->rcpts->pdata[1]);
    session->rcpts->pdata[1] = g_strdup("other@c.org");
}

static void fewer_recipients(struct session *session)
{
    g_ptr_array_remove_index(session->rcpts, 1);
}

static void a_journal_of_another_session_is_refused(void)
{
    void (*const changes[])(struct session *) = {
        other_helo, other_client,    other_sender,
        no_sender,  other_recipient, fewer_recipients};
    GBytes *journal = journal_after(5);
    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        struct step step = {.steps = STEPS, .change = changes[i]};
        struct step alone = {.steps = STEPS, .change = changes[i]};
        run_step(&alone, NULL);
        run_step(&step, journal);
        CU_ASSERT_STRING_EQUAL_FATAL(step.refused, "it is of another session");
        CU_ASSERT(dump_same(alone.text, step.text));
        step_clear(&step);
        step_clear(&alone);
    }
    g_bytes_unref(journal);
}

static void a_journal_of_a_later_stage_is_refused(void)
{
    GBytes *journal = journal_after(5);
    struct step step = {.until = ASSAY_STAGE_MAIL, .steps = 5};
    GBytes *next = run_step(&step, journal);
    CU_ASSERT_STRING_EQUAL_FATAL(step.refused,
                                 "it goes on where this scan ends");
    CU_ASSERT_PTR_NULL(strstr(step.text, "\"stage 4\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(step.text, "\"stage 3\""));
    step_clear(&step);
    g_bytes_unref(journal);
    g_bytes_unref(next);
}

/* Another sender, other recipients: nobody is asked about the client again. */
static void a_new_transaction_goes_on_behind_helo(void)
{
    GBytes *journal = journal_after(2);
    struct step step = {.steps = STEPS, .change = other_sender};
    struct step alone = step;
    play_way.calls = 0;
    run_step(&alone, NULL);
    unsigned all = play_way.calls;
    play_way.calls = 0;
    run_step(&step, journal);
    CU_ASSERT_PTR_NULL(step.refused);
    CU_ASSERT(same_but_for_order(alone.text, step.text));
    CU_ASSERT(play_way.calls < all);
    step_clear(&step);
    step_clear(&alone);
    g_bytes_unref(journal);
}

static void where_nobody_is_asked_there_is_a_way_on(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake_scanner(&fake, "late", say);
    learn(fake.session, 4);
    g_autoptr(GBytes) raw = g_bytes_new_static("", 0);
    fake.message = message_new(raw, fake.session, &fake.plan.limits);
    const struct scan_input input = {
        .message = fake.message, .now_s = NOW_S, .until = ASSAY_STAGE_RCPT};
    fake.scan = scan_run_input(&fake.plan, &input);
    CU_ASSERT_PTR_NOT_NULL(fake.scan->journal);
    CU_ASSERT_EQUAL(fake.scan->findings->len, 0);
    CU_ASSERT_EQUAL(scan_plan_stages(&fake.plan), FAKE_STAGE_OBJECT);
    fake_end(&fake);
}

static void a_resolver_of_its_own_is_asked_once_for_all_stages(void)
{
    struct fake_bench bench;
    struct journal *from = NULL;
    for (unsigned steps = 1; steps <= STEPS; steps++) {
        fake_bench_begin(&bench);
        scanners_only(&bench.fake);
        learn(bench.fake.session, steps);
        g_autoptr(GBytes) raw = g_bytes_new_static("", 0);
        bench.fake.message =
            message_new(raw, bench.fake.session, &bench.fake.plan.limits);
        const struct scan_input input = {.message = bench.fake.message,
                                         .now_s = NOW_S,
                                         .journal = from,
                                         .until = stage_after(steps)};
        bench.fake.scan = scan_run_input(&bench.fake.plan, &input);
        CU_ASSERT_PTR_NULL(bench.fake.scan->journal_refused);
        CU_ASSERT_FALSE(bench.fake.scan->is_suspended);
        CU_ASSERT_EQUAL(strstr(bench.fake.log->str, "shared") != NULL,
                        steps == 1);
        journal_free(from);
        from = unpack(bench.fake.scan->journal);
        CU_ASSERT_PTR_NOT_NULL_FATAL(from);
        fake_end(&bench.fake);
    }
    journal_free(from);
}

static void who_was_late_or_has_no_room_leaves_no_journal(void)
{
    GBytes *journal = journal_after(2);
    struct step late = {
        .until = ASSAY_STAGE_MAIL, .steps = 3, .deadline_ns = 1};
    CU_ASSERT_PTR_NULL(run_step(&late, journal));
    CU_ASSERT_PTR_NOT_NULL(strstr(late.findings, "core partial time"));
    struct step large = {
        .until = ASSAY_STAGE_MAIL, .steps = 3, .journal_max = 300};
    CU_ASSERT_PTR_NULL(run_step(&large, journal));
    /* The one before is as good as it was. */
    struct step step = {.until = ASSAY_STAGE_MAIL, .steps = 3};
    GBytes *next = run_step(&step, journal);
    CU_ASSERT_PTR_NULL(step.refused);
    CU_ASSERT_PTR_NOT_NULL_FATAL(next);
    step_clear(&late);
    step_clear(&large);
    step_clear(&step);
    g_bytes_unref(journal);
    g_bytes_unref(next);
}

static void a_later_scan_has_its_own_time(void)
{
    struct fake fake;
    GBytes *bytes = journal_after(2);
    struct journal *journal = unpack(bytes);
    g_assert(journal != NULL);
    journal->deadline_ns = 1;
    journal->now_s = 1;
    fake_begin(&fake);
    scanners_only(&fake);
    learn(fake.session, STEPS);
    g_autoptr(GBytes) raw = g_bytes_new_static("", 0);
    fake.message = message_new(raw, fake.session, &fake.plan.limits);
    const struct scan_input input = {.message = fake.message,
                                     .journal = journal};
    fake.scan = scan_run_input(&fake.plan, &input);
    CU_ASSERT_PTR_NULL(fake.scan->journal_refused);
    CU_ASSERT(fake.scan->now_s > NOW_S);
    g_autofree char *found = fake_findings(&fake);
    CU_ASSERT_PTR_NULL(strstr(found, "core partial time"));
    fake_end(&fake);
    journal_free(journal);
    g_bytes_unref(bytes);
}

/* --- hostile ---------------------------------------------------------------------------- */

static void every_truncation_of_a_stage_is_refused(void)
{
    GBytes *bytes = journal_after(5);
    size_t n;
    const uint8_t *p = g_bytes_get_data(bytes, &n);
    for (size_t i = 0; i < n; i++) {
        g_autofree uint8_t *copy = g_memdup2(p, i);
        struct journal *journal = journal_unpack(copy, i);
        CU_ASSERT_PTR_NULL(journal);
        journal_free(journal);
    }
    g_bytes_unref(bytes);
}

/* Whatever a bit is changed to, the scan ends, and the stages that it has not changed
 * are heard. */
static void whatever_is_in_a_journal_of_stages_the_scan_ends(void)
{
    GBytes *bytes = journal_after(5);
    size_t n;
    const uint8_t *p = g_bytes_get_data(bytes, &n);
    unsigned taken = 0;
    for (size_t i = 0; i < n; i += 3) {
        uint8_t *copy = g_memdup2(p, n);
        copy[i] ^= (uint8_t)(1u << i % 8);
        g_autoptr(GBytes) changed = g_bytes_new_take(copy, n);
        struct journal *journal = unpack(changed);
        if (journal == NULL)
            continue;
        journal_free(journal);
        taken++;
        struct step step = {.steps = STEPS};
        run_step(&step, changed);
        CU_ASSERT_PTR_NOT_NULL(strstr(step.text, "\"stage 7\""));
        step_clear(&step);
    }
    CU_ASSERT(taken > 100);
    g_bytes_unref(bytes);
}

/* Head fields of the end: which stage, how the recipients came. */
static void an_end_that_cannot_be_is_refused(void)
{
    enum {
        UNTIL_AT = 40,
        GROUPS_AT = UNTIL_AT + 4 + DIGEST_SIZE
    };

    GBytes *bytes = journal_after(5);
    size_t n;
    const uint8_t *p = g_bytes_get_data(bytes, &n);
    static const uint8_t untils[] = {5, 6, 7, 255};
    for (size_t i = 0; i < G_N_ELEMENTS(untils); i++) {
        g_autofree uint8_t *copy = g_memdup2(p, n);
        CU_ASSERT_EQUAL(copy[UNTIL_AT], ASSAY_STAGE_RCPT);
        copy[UNTIL_AT] = untils[i];
        CU_ASSERT_PTR_NULL(journal_unpack(copy, n));
    }
    g_autofree uint8_t *copy = g_memdup2(p, n);
    CU_ASSERT_EQUAL(copy[GROUPS_AT], 1);
    CU_ASSERT_EQUAL(copy[GROUPS_AT + 4], 2);
    copy[GROUPS_AT + 4] = 0;
    CU_ASSERT_PTR_NULL(journal_unpack(copy, n));
    g_bytes_unref(bytes);
}

UNIT_MAIN("stages", UNIT(stages_in_any_grouping_come_to_the_scan_at_once),
          UNIT(a_stage_tells_what_is_known_so_far),
          UNIT(a_recipient_is_asked_about_when_it_comes),
          UNIT(a_journal_of_another_session_is_refused),
          UNIT(a_journal_of_a_later_stage_is_refused),
          UNIT(a_new_transaction_goes_on_behind_helo),
          UNIT(where_nobody_is_asked_there_is_a_way_on),
          UNIT(a_resolver_of_its_own_is_asked_once_for_all_stages),
          UNIT(who_was_late_or_has_no_room_leaves_no_journal),
          UNIT(a_later_scan_has_its_own_time),
          UNIT(every_truncation_of_a_stage_is_refused),
          UNIT(whatever_is_in_a_journal_of_stages_the_scan_ends),
          UNIT(an_end_that_cannot_be_is_refused))
