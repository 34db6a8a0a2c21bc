/* SPDX-License-Identifier: MIT */
#include "dump.h"
#include "fake.h"
#include "scan/tape.h"
#include "unit.h"

/*
 * A scanner, and a scan in which its tapes are played instead of it.  The first run
 * records what it said to each task; the second plays that and must come to the
 * same.
 */
static struct {
    int32_t (*handle)(void *self, struct task *task);
    GPtrArray *tapes; /* GByteArray: one a call */
    unsigned played;
    size_t bytes; /* of the last tape */
    bool was_full;
} twin;

static void free_tape(void *p)
{
    g_byte_array_unref(p);
}

static int32_t record(void *self, struct task *task)
{
    GByteArray *tape = g_byte_array_new();
    struct packer to;
    int32_t rc = twin.handle(self, task);
    packer_grow(&to, tape, SIZE_MAX);
    tape_record(task, rc, TAPE_CONTENT, &to);
    g_ptr_array_add(twin.tapes, tape);
    twin.bytes = to.n;
    twin.was_full = to.is_full;
    return rc;
}

static int32_t play(void *self, struct task *task)
{
    (void)self;
    CU_ASSERT_FATAL(twin.played < twin.tapes->len);
    const GByteArray *tape = twin.tapes->pdata[twin.played++];
    struct unpacker from;
    unpacker_init(&from, tape->data, tape->len);
    int32_t rc = tape_play(task, &from);
    CU_ASSERT_TRUE(unpack_end(&from));
    return rc;
}

static const char *const facts[] = {"t.one", "t.two", NULL};

/* Runs once with `handle`; the dump is yours. */
static char *run_with(int32_t (*handle)(void *self, struct task *task),
                      void (*prepare)(struct fake *fake))
{
    struct fake fake;
    fake_begin(&fake);
    g_ptr_array_add(fake.session->rcpts, g_strdup("a@example.org"));
    struct scanner *t = fake_scanner(&fake, "t", handle);
    t->provides = facts;
    t->reads = facts;
    t->flags |= ASSAY_FLAG_EDITS;
    t->stages = ASSAY_STAGE_BIT(ASSAY_STAGE_RCPT) | FAKE_STAGE_OBJECT |
                ASSAY_STAGE_BIT(ASSAY_STAGE_MESSAGE);
    if (prepare != NULL)
        prepare(&fake);
    fake_run(&fake, FAKE_TEXT_MAIL);
    char *text = dump_scan(fake.scan);
    fake_end(&fake);
    return text;
}

static bool plays_the_same(int32_t (*handle)(void *self, struct task *task),
                           void (*prepare)(struct fake *fake))
{
    twin.handle = handle;
    twin.tapes = g_ptr_array_new_with_free_func(free_tape);
    twin.played = 0;
    g_autofree char *direct = run_with(record, prepare);
    g_autofree char *played = run_with(play, prepare);
    bool is_same = dump_same(direct, played);
    CU_ASSERT_EQUAL(twin.played, twin.tapes->len);
    g_ptr_array_unref(twin.tapes);
    return is_same;
}

/* --- the same --- */

static int32_t say_nothing(void *self, struct task *task)
{
    (void)self;
    (void)task;
    return ASSAY_RC_OK;
}

static void silence_is_eight_bytes(void)
{
    CU_ASSERT_TRUE(plays_the_same(say_nothing, NULL));
    CU_ASSERT_EQUAL(twin.bytes, 8);
    CU_ASSERT_FALSE(twin.was_full);
}

static void say_finding(struct task *task, uint32_t status,
                        struct object *object)
{
    struct finding *f = finding_new(NULL);
    f->status = status;
    f->kind = status == ASSAY_STATUS_FOUND ? ASSAY_KIND_SPAM : 0;
    f->reason = status == ASSAY_STATUS_UNSCANNABLE ? ASSAY_REASON_DAMAGED : 0;
    f->confidence = 42;
    f->log_odds_milli = -1234;
    f->advice = ASSAY_ACTION_JUNK;
    f->rcpt = 0;
    f->delay_ms = 7;
    f->reply_code = 550;
    f->object = object;
    f->name = g_strdup("name \\ \303\244");
    f->text = g_strdup("A text.");
    f->reply_text = g_strdup("5.7.1 no");
    CU_ASSERT_EQUAL(task_report(task, f), ASSAY_RC_OK);
}

static int32_t unpack_two(struct task *task)
{
    static const char raw[] = "B\344r.txt\0.exe";
    struct assay_child about = {.struct_size = sizeof about,
                                .kind = ASSAY_OBJECT_DERIVED,
                                .flags = ASSAY_OBJECT_DAMAGED,
                                .name = {raw, sizeof raw - 1},
                                .charset = {"iso-8859-1", 10},
                                .type = {"Text/HTML; x=y", 14},
                                .method = {"deflate", 7},
                                .packed_size = 3,
                                .told_size = 4,
                                .mtime = -5};
    struct writer *writer = NULL;
    struct object *child = NULL;
    CU_ASSERT_EQUAL_FATAL(writer_begin(task, &about, &writer), ASSAY_RC_OK);
    writer_name(writer, "second", 6, NULL);
    writer_write(writer, "dropped", 7);
    writer_abort(writer);
    CU_ASSERT_EQUAL_FATAL(writer_begin(task, &about, &writer), ASSAY_RC_OK);
    writer_name(writer, "second", 6, NULL);
    writer_write(writer, "con\0tent", 8);
    writer_commit(writer, &child);
    say_finding(task, ASSAY_STATUS_FOUND, child);
    fake_report(task, 0, "", child);
    CU_ASSERT_EQUAL(fake_child(task, "empty", "", 0, &child), ASSAY_RC_OK);
    say_finding(task, ASSAY_STATUS_UNSCANNABLE, child);
    return ASSAY_RC_OK;
}

static void change(struct task *task)
{
    struct assay_edit edit = {.struct_size = sizeof edit,
                              .kind = ASSAY_EDIT_REPLACE,
                              .offset = 1,
                              .length = 2,
                              .value = {"a\0b", 3}};
    CU_ASSERT_EQUAL(task_edit(task, &edit), ASSAY_RC_OK);
    edit = (struct assay_edit){.struct_size = sizeof edit,
                               .kind = ASSAY_EDIT_HEADER_ADD,
                               .index = 3,
                               .name = {"X-A", 3},
                               .value = {"v", 1}};
    CU_ASSERT_EQUAL(task_edit(task, &edit), ASSAY_RC_OK);
}

static int32_t say_everything(void *self, struct task *task)
{
    (void)self;
    if (task->object != NULL && task->object->depth > 1)
        return ASSAY_RC_OK;
    task_fact_set(task, "t.one", "1", 1);
    task_fact_set(task, "t.two", "", 0);
    task_fact_set(task, "t.one", "\303\244", 2);
    task_count(task, "t.c", "key", 3, -9);
    task_count(task, "t.c", "", 0, 9);
    change(task);
    say_finding(task, ASSAY_STATUS_FOUND, NULL);
    say_finding(task, ASSAY_STATUS_UNSCANNABLE, task->object);
    fake_report(task, 0, "", NULL);
    fake_report(task, 0, "", task->object);
    if (task->stage == ASSAY_STAGE_MESSAGE)
        fake_report(task, ASSAY_KIND_INFO, "below", task_object(task, 1));
    if (task->stage != ASSAY_STAGE_OBJECT)
        return ASSAY_RC_OK;
    uint8_t digest[DIGEST_SIZE];
    digest_sha256("con\0tent", 8, digest);
    task_seen(task, digest);
    return unpack_two(task);
}

static void everything_that_can_be_said_is_said_again(void)
{
    CU_ASSERT_TRUE(plays_the_same(say_everything, NULL));
}

/* As many bytes as a name may have, and more when they are decoded. */
static int32_t name_at_length(void *self, struct task *task)
{
    static const char *const charsets[] = {"koi8-r", "windows-1258", "tscii"};
    char raw[4096];
    (void)self;
    if (task->stage != ASSAY_STAGE_OBJECT || task->object->depth != 1)
        return ASSAY_RC_OK;
    memset(raw, 0x8a, sizeof raw);
    memcpy(raw + sizeof raw - 4, ".exe", 4);
    for (size_t i = 0; i < G_N_ELEMENTS(charsets); i++) {
        const struct assay_child about = {
            .struct_size = sizeof about,
            .kind = ASSAY_OBJECT_MEMBER,
            .name = {raw, sizeof raw},
            .charset = {charsets[i], strlen(charsets[i])}};
        struct writer *writer;
        struct object *child = NULL;
        CU_ASSERT_EQUAL_FATAL(writer_begin(task, &about, &writer), ASSAY_RC_OK);
        writer_commit(writer, &child);
        CU_ASSERT_PTR_NOT_NULL_FATAL(child);
        CU_ASSERT(strlen(object_name(child)) > sizeof raw);
        CU_ASSERT_FALSE(child->is_name_cut);
    }
    return ASSAY_RC_OK;
}

static void names_are_as_long_as_they_were(void)
{
    CU_ASSERT_TRUE(plays_the_same(name_at_length, NULL));
}

static int32_t fail_in_many_ways(void *self, struct task *task)
{
    static struct object foreign;
    struct assay_child about = {.struct_size = sizeof about,
                                .kind = ASSAY_OBJECT_MEMBER};
    struct writer *writer;
    (void)self;
    switch (task->stage) {
    case ASSAY_STAGE_RCPT:
        return 4711;
    case ASSAY_STAGE_OBJECT:
        if (task->object->depth == 1) {
            fake_child(task, "kept", "k", 1, NULL);
            return ASSAY_RC_FORMAT;
        }
        return writer_begin(task, &about, &writer);
    default:
        fake_report(task, ASSAY_KIND_INFO, "x", &foreign);
        return ASSAY_RC_OK;
    }
}

static void errors_and_broken_rules_are_told_again(void)
{
    CU_ASSERT_TRUE(plays_the_same(fail_in_many_ways, NULL));
}

static int32_t fail_by_name(void *self, struct task *task)
{
    (void)self;
    task_fail(task, "crash", "ended by SIGSEGV");
    return ASSAY_RC_INTERNAL;
}

static void failures_keep_their_names(void)
{
    CU_ASSERT_TRUE(plays_the_same(fail_by_name, NULL));
}

static void bound_all(struct fake *fake)
{
    fake->plan.limits.max_objects = 6;
    fake->plan.limits.max_findings = 5;
    fake->plan.limits.max_object_bytes = 10;
    fake->plan.limits.max_bytes = 25;
}

static int32_t cross_bounds(void *self, struct task *task)
{
    (void)self;
    for (unsigned i = 0; i < 9; i++) {
        g_autofree char *name = g_strdup_printf("f%u", i);
        fake_report(task, i == 8 ? ASSAY_KIND_MALWARE : ASSAY_KIND_INFO, name,
                    task->object);
    }
    if (task->stage != ASSAY_STAGE_OBJECT || task->object->depth > 1)
        return ASSAY_RC_OK;
    fake_child(task, "long", "0123456789abcdef", 16, NULL);
    fake_child(task, "more", "0123456789", 10, NULL);
    fake_child(task, "rest", "0123456789", 10, NULL);
    return fake_child(task, "none", "0", 1, NULL);
}

static void bounds_that_were_reached_are_told_again(void)
{
    CU_ASSERT_TRUE(plays_the_same(cross_bounds, bound_all));
}

static void answer_all(void *self, struct wish *const *wishes, size_t n)
{
    (void)self;
    for (size_t i = 0; i < n; i++)
        wishes[i]->state = ASSAY_ANSWER_NODATA;
}

static int32_t ask_in_rounds(void *self, struct task *task)
{
    const struct wish *wish;
    (void)self;
    fake_report(task, ASSAY_KIND_INFO, task->round == 0 ? "zero" : "later",
                task->object);
    g_autofree char *key = g_strdup_printf("k%u", task->round);
    int32_t rc = task_want(task, ASSAY_WANT_LOOKUP, 0, "common", &wish);
    if (task->round < 3)
        rc = task_want(task, ASSAY_WANT_DNS, 1, key, &wish);
    return rc;
}

static void resolve_all(struct fake *fake)
{
    static const struct resolver resolver = {answer_all, NULL};
    fake->plan.resolver = &resolver;
    fake->plan.limits.max_wishes = 4;
}

static void who_waited_waits_again(void)
{
    CU_ASSERT_TRUE(plays_the_same(ask_in_rounds, resolve_all));
}

/* --- what is not the same, and lies --- */

/* Plays `tape` to one task under smaller bounds; the dump is yours. */
static void narrow(struct fake *fake)
{
    fake->plan.limits.max_objects = 3;
    fake->list[0] = &fake->scanners[0];
    fake->scanners[0].stages = FAKE_STAGE_OBJECT;
}

static void widen(struct fake *fake)
{
    fake->scanners[0].stages = FAKE_STAGE_OBJECT;
}

static int32_t unpack_three(void *self, struct task *task)
{
    struct object *child = NULL;
    (void)self;
    if (task->object->depth > 1)
        return ASSAY_RC_OK;
    for (unsigned i = 0; i < 3; i++) {
        g_autofree char *name = g_strdup_printf("c%u", i);
        CU_ASSERT_EQUAL(fake_child(task, name, name, 2, &child), ASSAY_RC_OK);
        fake_report(task, ASSAY_KIND_MALWARE, name, child);
    }
    return ASSAY_RC_OK;
}

static void findings_of_children_that_a_bound_kept_out_are_kept(void)
{
    twin.handle = unpack_three;
    twin.tapes = g_ptr_array_new_with_free_func(free_tape);
    twin.played = 0;
    g_autofree char *direct = run_with(record, widen);
    g_autofree char *played = run_with(play, narrow);
    CU_ASSERT_PTR_NOT_NULL(strstr(played, " 1!c0 \"c0\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(played, " 1 \"c1\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(played, " 1 \"c2\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(played, "max_objects = 3"));
    g_ptr_array_unref(twin.tapes);
}

static int32_t play_leniently(void *self, struct task *task)
{
    (void)self;
    const GByteArray *tape = twin.tapes->pdata[0];
    struct unpacker from;
    unpacker_init(&from, tape->data, tape->len);
    int32_t rc = twin.played++ == 0 ? tape_play(task, &from) : ASSAY_RC_OK;
    CU_ASSERT_TRUE(!from.is_bad || rc == ASSAY_RC_INTERNAL);
    return rc;
}

/* The one task's tape, cut or changed: whatever is in it, the scan ends, and a tape
 * that cannot be read is told. */
static void play_damaged(const GByteArray *whole, size_t n, size_t flip)
{
    g_autofree uint8_t *copy = g_memdup2(whole->data, n);
    if (flip < n)
        copy[flip] ^= 0x81;
    GByteArray *tape = g_byte_array_new_take(g_steal_pointer(&copy), n);
    twin.tapes = g_ptr_array_new_with_free_func(free_tape);
    g_ptr_array_add(twin.tapes, tape);
    twin.played = 0;
    g_autofree char *text = run_with(play_leniently, widen);
    if (n < whole->len)
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "an answer that is not well made"));
    g_ptr_array_unref(twin.tapes);
}

static void every_cut_is_told_and_every_flip_is_harmless(void)
{
    twin.handle = say_everything;
    twin.tapes = g_ptr_array_new_with_free_func(free_tape);
    g_autofree char *direct = run_with(record, widen);
    g_autoptr(GByteArray) whole = g_byte_array_ref(twin.tapes->pdata[0]);
    g_ptr_array_unref(twin.tapes);
    CU_ASSERT_FATAL(whole->len > 500);
    for (size_t n = 1; n < whole->len; n++)
        play_damaged(whole, n, SIZE_MAX);
    for (size_t at = 0; at < whole->len; at++)
        play_damaged(whole, whole->len, at);
}

UNIT_MAIN("tape", UNIT(silence_is_eight_bytes),
          UNIT(everything_that_can_be_said_is_said_again),
          UNIT(names_are_as_long_as_they_were),
          UNIT(errors_and_broken_rules_are_told_again),
          UNIT(failures_keep_their_names),
          UNIT(bounds_that_were_reached_are_told_again),
          UNIT(who_waited_waits_again),
          UNIT(findings_of_children_that_a_bound_kept_out_are_kept),
          UNIT(every_cut_is_told_and_every_flip_is_harmless))
