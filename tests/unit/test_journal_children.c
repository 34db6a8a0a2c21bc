/* SPDX-License-Identifier: MIT */
/* What was unpacked before a wait is unpacked again, and is the same or told. */
#include "dump.h"
#include "fake.h"
#include "play.h"
#include "unit.h"

static void a_member_three_levels_deep_is_waited_for(void)
{
    static const struct play play = {PLAY_ARCHIVE_MAIL, play_archives};
    CU_ASSERT_TRUE(play_is_same(&play));
    CU_ASSERT_EQUAL(play_way.rounds, 1);
}

static void an_unpacker_that_waits_comes_to_the_same(void)
{
    static const struct play play = {PLAY_ARCHIVE_MAIL, play_slow_archives};
    CU_ASSERT_TRUE(play_is_same(&play));
    CU_ASSERT(play_way.rounds >= 4);
}

/* Asks, but does not wait: what it makes depends on what it knew. */
static int32_t unpack_what_is_known(void *self, struct task *task)
{
    const struct wish *wish;
    (void)self;
    if (task->object->depth > 1)
        return ASSAY_RC_OK;
    bool is_known =
        task_want(task, ASSAY_WANT_DNS, 16, "shared", &wish) == ASSAY_RC_OK;
    int32_t rc = fake_child(task, "m", is_known ? "known" : "unknown", 5, NULL);
    return rc;
}

static void curious_archives(struct fake *fake)
{
    fake_scanner(fake, "zip", unpack_what_is_known);
    fake_scanner(fake, "ask", play_ask_by_content);
}

static void children_made_again_are_made_of_what_was_known_then(void)
{
    static const struct play play = {PLAY_ARCHIVE_MAIL, curious_archives};
    CU_ASSERT_TRUE(play_is_same(&play));
    CU_ASSERT_EQUAL(play_way.rounds, 1);
}

/* The same children whenever it runs, and else never the same. */
static int32_t unpack_moodily(void *self, struct task *task)
{
    const struct wish *wish;
    struct writer *writer;
    struct assay_child about = {.struct_size = sizeof about,
                                .kind = ASSAY_OBJECT_MEMBER};
    (void)self;
    if (task->object->depth > 1)
        return ASSAY_RC_OK;
    bool is_again = play_way.rounds > 0;
    const char *mood = is_again ? "bad.mood" : "good.mood";
    fake_report(task, ASSAY_KIND_INFO, mood, task->object);
    task_count(task, mood, "k", 1, 1);
    task_fact_set(task, "a.f", mood, strlen(mood));
    if (!is_again) {
        CU_ASSERT_EQUAL(writer_begin(task, &about, &writer), ASSAY_RC_OK);
        writer_write(writer, "dropped", 7);
        writer_abort(writer);
    } else {
        /* One that is open just now, and one that nobody has asked. */
        task_want(task, ASSAY_WANT_DNS, 16, "hell", &wish);
        task_want(task, ASSAY_WANT_DNS, 16, mood, &wish);
        task_blame(task, "was in a bad mood");
    }
    fake_child(task, "m", "same", 4, NULL);
    return strcmp(task->scanner->name, "mood") == 0 ? ASSAY_RC_OK
                                                    : ASSAY_RC_PENDING;
}

static const char *const facts[] = {"a.f", NULL};

static void moody(struct fake *fake)
{
    fake_scanner(fake, "ask", play_ask_by_content);
    fake_scanner(fake, "mood", unpack_moodily)->provides = facts;
    fake_scanner(fake, "idle", unpack_moodily)->provides = facts;
    fake_scanner(fake, "see", play_ask_by_content);
}

static void what_is_said_while_children_are_made_again_is_dropped(void)
{
    static const struct play play = {FAKE_TEXT_MAIL, moody};
    CU_ASSERT_TRUE(play_is_same(&play));
    CU_ASSERT_EQUAL(play_way.rounds, 1);
}

static void bounded_archives(struct fake *fake)
{
    play_archives(fake);
    fake->plan.limits.max_objects = 6;
    fake->plan.limits.max_findings = 3;
    fake->plan.limits.max_bytes = 60;
    fake->plan.limits.max_depth = 3;
}

static void bounds_are_reached_and_charged_once(void)
{
    static const struct play play = {PLAY_ARCHIVE_MAIL, bounded_archives};
    CU_ASSERT_TRUE(play_is_same(&play));
    CU_ASSERT(play_way.rounds > 0);
}

static void tight_archives(struct fake *fake)
{
    play_slow_archives(fake);
    fake->plan.limits.max_bytes = 40;
    fake->plan.limits.max_object_bytes = 20;
}

static void a_child_that_a_bound_cuts_is_cut_again(void)
{
    static const struct play play = {PLAY_ARCHIVE_MAIL, tight_archives};
    CU_ASSERT_TRUE(play_is_same(&play));
    CU_ASSERT(play_way.rounds > 0);
}

static uint8_t drawn;

static int32_t unpack_by_chance(void *self, struct task *task)
{
    (void)self;
    if (task->object->depth > 1)
        return ASSAY_RC_OK;
    g_autofree char *content = g_strdup_printf("w%c", 'a' + drawn++ % 26);
    return fake_child(task, "m", content, 2, NULL);
}

static void chance(struct fake *fake)
{
    fake_scanner(fake, "luck", unpack_by_chance);
    fake_scanner(fake, "ask", play_ask_by_content);
}

static void children_that_differ_are_told_and_nothing_is_mixed(void)
{
    static const struct play play = {FAKE_TEXT_MAIL, chance};
    drawn = 0;
    g_autofree char *text = play_suspended(&play);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "luck 0 11 0 100 0 0 -1 0 0 1 \"rule\" \""
                     "unpacked an object twice, and its children differ"));
    /* Nothing is said about a content that is not there. */
    const char *said = strstr(text, "1!m \"w");
    g_assert(said != NULL);
    CU_ASSERT_PTR_NULL(strstr(said + 1, "1!m \"w"));
    uint8_t digest[DIGEST_SIZE];
    char hex[DIGEST_HEX_SIZE];
    digest_sha256(said + 5, 2, digest);
    digest_hex(digest, hex);
    hex[16] = '\0';
    CU_ASSERT_PTR_NOT_NULL(strstr(text, hex));
    CU_ASSERT(play_way.rounds <= 1 + JOURNAL_ANEW_MAX);
}

UNIT_MAIN("journal_children", UNIT(a_member_three_levels_deep_is_waited_for),
          UNIT(an_unpacker_that_waits_comes_to_the_same),
          UNIT(children_made_again_are_made_of_what_was_known_then),
          UNIT(what_is_said_while_children_are_made_again_is_dropped),
          UNIT(bounds_are_reached_and_charged_once),
          UNIT(a_child_that_a_bound_cuts_is_cut_again),
          UNIT(children_that_differ_are_told_and_nothing_is_mixed))
