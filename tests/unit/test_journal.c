/* SPDX-License-Identifier: MIT */
#include "dump.h"
#include "fake.h"
#include "scan/wishes.h"
#include "unit.h"

/*
 * A mail and scanners that ask.  Run once with a resolver, and once by suspending at
 * every wait, each round on a message of its own as another process would: both must
 * come to the same.
 */
struct play {
    const char *mail;
    void (*prepare)(struct fake *fake);
};

/* What the suspended way took. */
static struct {
    unsigned rounds;    /* scans that ended suspended */
    unsigned calls;     /* of handle(), in all scans */
    size_t journal_max; /* 0: as large as it may be */
    bool leaves_open;   /* answers nothing */
    char *refused;      /* by the last scan */
    GBytes *last;       /* the last journal, with its answers */
} way;

static uint32_t state_of(const char *key)
{
    if (strncmp(key, "no", 2) == 0)
        return ASSAY_ANSWER_NXDOMAIN;
    return strncmp(key, "bad", 3) == 0 ? ASSAY_ANSWER_SERVFAIL
                                       : ASSAY_ANSWER_DATA;
}

static void answer(struct wish *wish)
{
    wish->state = state_of(wish->key);
    wish->flags = ASSAY_ANSWER_AD;
    struct wish_record record = {.type = wish->type,
                                 .ttl_s = 60,
                                 .data = wish->key,
                                 .data_n = strlen(wish->key)};
    if (wish->state == ASSAY_ANSWER_DATA)
        wish_add_record(wish, &record);
}

static void answer_each(void *self, struct wish *const *wishes, size_t n)
{
    (void)self;
    for (size_t i = 0; i < n; i++)
        answer(wishes[i]);
}

static char *run_direct(const struct play *play)
{
    static const struct resolver resolver = {answer_each, NULL};
    struct fake fake;
    fake_begin(&fake);
    play->prepare(&fake);
    way.rounds = 0;
    fake.plan.resolver = &resolver;
    fake_run(&fake, play->mail);
    char *text = dump_scan(fake.scan);
    fake_end(&fake);
    return text;
}

static unsigned count_open(GBytes *bytes)
{
    size_t n;
    const void *p = g_bytes_get_data(bytes, &n);
    struct journal *journal = journal_unpack(p, n);
    unsigned open = 0;
    CU_ASSERT_PTR_NOT_NULL(journal);
    for (unsigned i = 0; journal != NULL && i < journal->wishes->len; i++)
        open += ((const struct wish *)journal->wishes->pdata[i])->state == 0;
    journal_free(journal);
    return open;
}

/* One round in a process of its own.  NULL: it was suspended, and `journal` is the way
 * on; else what it came to. */
static char *run_round(const struct play *play, GBytes **journal)
{
    struct fake fake;
    fake_begin(&fake);
    play->prepare(&fake);
    g_autoptr(GBytes) raw = g_bytes_new(play->mail, strlen(play->mail));
    fake.message = message_new(raw, fake.session, &fake.plan.limits);
    struct journal *from = NULL;
    if (*journal != NULL) {
        size_t n;
        const void *p = g_bytes_get_data(*journal, &n);
        from = journal_unpack(p, n);
        CU_ASSERT_PTR_NOT_NULL_FATAL(from);
        g_clear_pointer(journal, g_bytes_unref);
    }
    const struct scan_input input = {.message = fake.message,
                                     .now_s = from == NULL ? 1700000000 : 0,
                                     .journal = from,
                                     .may_suspend = true,
                                     .journal_max = way.journal_max};
    fake.scan = scan_run_input(&fake.plan, &input);
    char *text = NULL;
    g_free(way.refused);
    way.refused = g_strdup(fake.scan->journal_refused);
    if (fake.scan->is_suspended) {
        CU_ASSERT(fake.scan->open->len > 0);
        *journal = g_bytes_ref(fake.scan->journal);
        CU_ASSERT_EQUAL(count_open(*journal), fake.scan->open->len);
    } else {
        text = dump_scan(fake.scan);
    }
    journal_free(from);
    fake_end(&fake);
    return text;
}

/* As the front does: answers what is open, and packs it again. */
static GBytes *with_answers(GBytes *bytes)
{
    size_t n;
    const void *p = g_bytes_get_data(bytes, &n);
    struct journal *journal = journal_unpack(p, n);
    g_assert(journal != NULL);
    for (unsigned i = 0; i < journal->wishes->len; i++) {
        const struct wish *open = journal->wishes->pdata[i];
        struct wish *copy = wish_new(open->kind, open->type, open->key);
        answer(copy);
        bool was_open = open->state == 0;
        CU_ASSERT_EQUAL(journal_answer(journal, copy), was_open);
        wish_free(copy);
    }
    GByteArray *array = g_byte_array_new();
    struct packer to;
    packer_grow(&to, array, JOURNAL_MAX);
    journal_pack(journal, &to);
    CU_ASSERT_FALSE(to.is_full);
    journal_free(journal);
    return g_byte_array_free_to_bytes(array);
}

static char *run_suspended(const struct play *play)
{
    GBytes *journal = NULL;
    char *text = NULL;
    way.rounds = 0;
    way.calls = 0;
    while (way.rounds < 200 && (text = run_round(play, &journal)) == NULL) {
        way.rounds++;
        if (!way.leaves_open) {
            GBytes *asked = journal;
            journal = with_answers(asked);
            g_bytes_unref(asked);
        }
        g_clear_pointer(&way.last, g_bytes_unref);
        way.last = g_bytes_ref(journal);
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    return text;
}

static bool is_same_suspended(const struct play *play)
{
    g_autofree char *direct = run_direct(play);
    g_autofree char *suspended = run_suspended(play);
    CU_ASSERT_PTR_NULL(way.refused);
    if (way.refused != NULL)
        fprintf(stderr, "refused: %s\n", way.refused);
    return dump_same(direct, suspended);
}

static int32_t want(struct task *task, const char *key)
{
    const struct wish *wish = NULL;
    int32_t rc = task_want(task, ASSAY_WANT_DNS, 16, key, &wish);
    if (rc != ASSAY_RC_OK)
        return rc;
    g_autofree char *name =
        g_strdup_printf("%s=%u/%u", key, wish->state, wish->records->len);
    fake_report(task, ASSAY_KIND_INFO, name,
                task->stage < ASSAY_STAGE_HEADERS ? NULL : task->object);
    return rc;
}

/* --- several in several stages --- */

static const char *const facts_a[] = {"a.f", NULL};
static const char *const facts_b[] = {"b.*", NULL};
static const char *const reads_both[] = {"a.f", "b.*", NULL};

#define ALL_STAGES (UINT64_MAX)

/* Asks twice, then says all that can be said. */
static int32_t ask_twice(void *self, struct task *task)
{
    (void)self;
    way.calls++;
    const char *name = task->scanner->name;
    g_autofree char *first =
        g_strdup_printf("no.%s.%u.%d", name, task->stage, task->rcpt);
    g_autofree char *fact = g_strdup_printf("%s.f", name);
    fake_report(task, ASSAY_KIND_POLICY, "of a waiting run or the last", NULL);
    if (want(task, first) != ASSAY_RC_OK || want(task, "shared") != ASSAY_RC_OK)
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
    way.calls++;
    for (unsigned i = 0; i < 2; i++)
        if (task_fact_get(task, i == 0 ? "a.f" : "b.f", &value) == ASSAY_RC_OK)
            fake_report(task, ASSAY_KIND_INFO, value, NULL);
    return ASSAY_RC_OK;
}

static int32_t wait_and_tell_facts(void *self, struct task *task)
{
    g_autofree char *key = g_strdup_printf("bad.%u", task->stage);
    return want(task, key) == ASSAY_RC_OK ? tell_facts(self, task)
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
    CU_ASSERT_TRUE(is_same_suspended(&play));
    /* Seven stages, in each: the first, the shared one at first, what s asks. */
    CU_ASSERT(way.rounds >= 14);
    CU_ASSERT(way.calls < 200); /* nobody who had finished was asked again */
}

/* --- archives --- */

static uint8_t drawn;

/* "(xyz)" holds one member "xyz", "[a,b]" holds "a" and "b". */
static int32_t unpack(void *self, struct task *task)
{
    struct object *o = task->object;
    (void)self;
    way.calls++;
    if (o->size < 2 || (o->data[0] != '(' && o->data[0] != '['))
        return ASSAY_RC_NOT_APPLICABLE;
    const char *p = (const char *)o->data + 1;
    size_t n = o->size - 2;
    while (n > 0 && (o->data[n] == '\r' || o->data[n] == '\n'))
        n--;
    size_t first = n;
    for (size_t i = 0, deep = 0; o->data[0] == '[' && i < n && first == n;
         i++) {
        deep += p[i] == '[';
        deep -= p[i] == ']' && deep > 0;
        if (p[i] == ',' && deep == 0)
            first = i;
    }
    struct object *child = NULL;
    int32_t rc = fake_child(task, "m", p, first, &child);
    if (rc != ASSAY_RC_OK)
        return rc;
    fake_report(task, ASSAY_KIND_INFO, "member", child);
    return first < n ? fake_child(task, "n", p + first + 1, n - first - 1, NULL)
                     : ASSAY_RC_OK;
}

static int32_t ask_by_content(void *self, struct task *task)
{
    const struct object *o = task->object;
    (void)self;
    way.calls++;
    g_autofree char *key =
        g_strndup((const char *)o->data, MIN(o->size, (size_t)4));
    g_strcanon(key, "abcdefghijklmnopqrstuvwxyz", '.');
    fake_report(task, 0, "", task->object);
    return want(task, key) == ASSAY_RC_OK ? ASSAY_RC_OK : ASSAY_RC_PENDING;
}

static void archives(struct fake *fake)
{
    fake_scanner(fake, "zip", unpack);
    fake_scanner(fake, "ask", ask_by_content);
}

#define ARCHIVE_MAIL                                                           \
    "From: a@example.org\r\nContent-Type: text/plain\r\n\r\n"                  \
    "[(((deep))),[one,[two,(three)]]]"

static void a_member_three_levels_deep_is_waited_for(void)
{
    static const struct play play = {ARCHIVE_MAIL, archives};
    CU_ASSERT_TRUE(is_same_suspended(&play));
    CU_ASSERT_EQUAL(way.rounds, 1);
}

static int32_t wait_and_unpack(void *self, struct task *task)
{
    if (task->object->data[0] != '(' && task->object->data[0] != '[')
        return ASSAY_RC_OK;
    g_autofree char *key = g_strdup_printf("k%u", task->object->id);
    /* Children of a run that waits are nothing. */
    fake_child(task, "dropped", "dropped", 7, NULL);
    if (want(task, key) != ASSAY_RC_OK)
        return ASSAY_RC_PENDING;
    return unpack(self, task);
}

static void slow_archives(struct fake *fake)
{
    fake_scanner(fake, "zip", wait_and_unpack);
    fake_scanner(fake, "ask", ask_by_content);
    fake_scanner(fake, "two", ask_by_content);
}

static void an_unpacker_that_waits_comes_to_the_same(void)
{
    static const struct play play = {ARCHIVE_MAIL, slow_archives};
    CU_ASSERT_TRUE(is_same_suspended(&play));
    CU_ASSERT(way.rounds >= 4);
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
    fake_scanner(fake, "ask", ask_by_content);
}

static void children_made_again_are_made_of_what_was_known_then(void)
{
    static const struct play play = {ARCHIVE_MAIL, curious_archives};
    CU_ASSERT_TRUE(is_same_suspended(&play));
    CU_ASSERT_EQUAL(way.rounds, 1);
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
    bool is_again = way.rounds > 0;
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

static void moody(struct fake *fake)
{
    fake_scanner(fake, "ask", ask_by_content);
    fake_scanner(fake, "mood", unpack_moodily)->provides = facts_a;
    fake_scanner(fake, "idle", unpack_moodily)->provides = facts_a;
    fake_scanner(fake, "see", ask_by_content);
}

static void what_is_said_while_children_are_made_again_is_dropped(void)
{
    static const struct play play = {FAKE_TEXT_MAIL, moody};
    CU_ASSERT_TRUE(is_same_suspended(&play));
    CU_ASSERT_EQUAL(way.rounds, 1);
}

static void bounded_archives(struct fake *fake)
{
    archives(fake);
    fake->plan.limits.max_objects = 6;
    fake->plan.limits.max_findings = 3;
    fake->plan.limits.max_bytes = 60;
    fake->plan.limits.max_depth = 3;
}

static void bounds_are_reached_and_charged_once(void)
{
    static const struct play play = {ARCHIVE_MAIL, bounded_archives};
    CU_ASSERT_TRUE(is_same_suspended(&play));
    CU_ASSERT(way.rounds > 0);
}

static void tight_archives(struct fake *fake)
{
    slow_archives(fake);
    fake->plan.limits.max_bytes = 40;
    fake->plan.limits.max_object_bytes = 20;
}

static void a_child_that_a_bound_cuts_is_cut_again(void)
{
    static const struct play play = {ARCHIVE_MAIL, tight_archives};
    CU_ASSERT_TRUE(is_same_suspended(&play));
    CU_ASSERT(way.rounds > 0);
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
    want(task, "once");
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
    CU_ASSERT_TRUE(is_same_suspended(&play));
    CU_ASSERT(way.rounds >= 4);
}

static void what_is_not_answered_is_servfail(void)
{
    static const struct play play = {FAKE_TEXT_MAIL, several_in_all_stages};
    way.leaves_open = true;
    g_autofree char *text = run_suspended(&play);
    way.leaves_open = false;
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"shared=4/0\""));
    CU_ASSERT_PTR_NULL(strstr(text, "=0/"));
}

static void a_journal_that_is_too_large_is_not_written(void)
{
    static const struct play play = {ARCHIVE_MAIL, slow_archives};
    static const size_t sizes[] = {1, 50, 200, 700, 1000, 1500};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        way.journal_max = sizes[i];
        g_autofree char *text = run_suspended(&play);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "=4/0\""));
        CU_ASSERT(way.last == NULL || way.rounds == 0 ||
                  g_bytes_get_size(way.last) <= sizes[i] + 200);
    }
    way.journal_max = 0;
}

/* --- what is not the same again --- */

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
    fake_scanner(fake, "ask", ask_by_content);
}

static void children_that_differ_are_told_and_nothing_is_mixed(void)
{
    static const struct play play = {FAKE_TEXT_MAIL, chance};
    drawn = 0;
    g_autofree char *text = run_suspended(&play);
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
    CU_ASSERT(way.rounds <= 1 + JOURNAL_ANEW_MAX);
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
    g_autofree char *first = run_suspended(&play);
    GBytes *journal = g_bytes_ref(way.last);
    g_autofree char *direct = run_direct(&other);
    g_autofree char *text = run_round(&other, &journal);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text); /* every answer was there */
    CU_ASSERT_STRING_EQUAL(way.refused, "it is of other scanners");
    CU_ASSERT_TRUE(dump_same(direct, text));
}

static void a_journal_of_another_mail_is_refused(void)
{
    static const struct play play = {ARCHIVE_MAIL, slow_archives};
    static const struct play other = {"From: a@example.org\r\n\r\n[(deep),one]",
                                      slow_archives};
    g_autofree char *first = run_suspended(&play);
    GBytes *journal = g_bytes_ref(way.last);
    g_autofree char *direct = run_direct(&other);
    char *text = run_round(&other, &journal);
    CU_ASSERT_PTR_NOT_NULL(way.refused);
    for (unsigned i = 0; text == NULL && i < 20; i++) {
        GBytes *asked = journal;
        journal = with_answers(asked);
        g_bytes_unref(asked);
        text = run_round(&other, &journal);
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_NOT_EQUAL(strstr(text, "children differ") != NULL,
                        strcmp(direct, text) == 0);
    g_free(text);
}

/* Each number of the first entry's head in turn is another one. */
static void an_entry_for_another_question_is_refused(void)
{
    static const struct play play = {ARCHIVE_MAIL, slow_archives};
    g_autofree char *text = run_suspended(&play);
    size_t n;
    const void *p = g_bytes_get_data(way.last, &n);
    for (unsigned field = 0; field < 5; field++) {
        struct journal *journal = journal_unpack(p, n);
        g_assert(journal != NULL);
        journal->entries->data[4 * field] ^= 1;
        struct packer to;
        GByteArray *array = g_byte_array_new();
        packer_grow(&to, array, JOURNAL_MAX);
        journal_pack(journal, &to);
        journal_free(journal);
        GBytes *bytes = g_byte_array_free_to_bytes(array);
        g_autofree char *anew = run_round(&play, &bytes);
        CU_ASSERT_PTR_NOT_NULL_FATAL(anew);
        CU_ASSERT_STRING_EQUAL(way.refused, "it tells of other questions");
        CU_ASSERT_TRUE(dump_same(text, anew));
    }
}

/* --- hostile bytes --- */

static void every_truncation_is_refused(void)
{
    static const struct play play = {ARCHIVE_MAIL, slow_archives};
    g_autofree char *text = run_suspended(&play);
    size_t n;
    const uint8_t *p = g_bytes_get_data(way.last, &n);
    for (size_t i = 0; i < n; i++) {
        g_autofree uint8_t *copy = g_memdup2(p, i);
        struct journal *journal = journal_unpack(copy, i);
        CU_ASSERT_PTR_NULL(journal);
        journal_free(journal);
    }
    g_autoptr(GByteArray) more = g_byte_array_new();
    g_byte_array_append(more, p, (unsigned)n);
    g_byte_array_append(more, (const uint8_t *)"", 1);
    CU_ASSERT_PTR_NULL(journal_unpack(more->data, more->len));
}

/* Runs on until it ends, with whatever has become of the journal. */
static bool ends(const struct play *play, GBytes *journal)
{
    for (unsigned i = 0; i < 60; i++) {
        g_autofree char *text = run_round(play, &journal);
        if (text != NULL)
            return true;
        GBytes *asked = journal;
        journal = with_answers(asked);
        g_bytes_unref(asked);
    }
    g_bytes_unref(journal);
    return false;
}

static void whatever_is_in_a_journal_the_scan_ends(void)
{
    static const struct play play = {ARCHIVE_MAIL, slow_archives};
    g_autofree char *text = run_suspended(&play);
    size_t n;
    const uint8_t *p = g_bytes_get_data(way.last, &n);
    unsigned taken = 0;
    for (size_t i = 0; i < n; i += 7) {
        uint8_t *copy = g_memdup2(p, n);
        copy[i] ^= (uint8_t)(1u << i % 8);
        struct journal *journal = journal_unpack(copy, n);
        GBytes *bytes = g_bytes_new_take(copy, n);
        if (journal == NULL) {
            g_bytes_unref(bytes);
            continue;
        }
        taken++;
        journal_free(journal);
        CU_ASSERT_TRUE(ends(&play, bytes));
    }
    CU_ASSERT(taken > 50);
}

/* --- and the short forms --- */

static void who_may_not_suspend_finishes_with_the_resolver(void)
{
    struct fake fake;
    static const struct resolver resolver = {answer_each, NULL};
    fake_begin(&fake);
    archives(&fake);
    fake.plan.resolver = &resolver;
    fake_run(&fake, ARCHIVE_MAIL);
    CU_ASSERT_FALSE(fake.scan->is_suspended);
    CU_ASSERT_PTR_NULL(fake.scan->journal);
    CU_ASSERT_PTR_NULL(fake.scan->open);
    fake_end(&fake);
}

static void a_scan_that_is_late_is_not_suspended(void)
{
    struct fake fake;
    fake_begin(&fake);
    archives(&fake);
    g_autoptr(GBytes) raw =
        g_bytes_new_static(ARCHIVE_MAIL, strlen(ARCHIVE_MAIL));
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
    static const struct play play = {ARCHIVE_MAIL, slow_archives};
    g_autofree char *whole = run_suspended(&play);
    CU_ASSERT_EQUAL(way.rounds, 5);
    GBytes *bytes = g_bytes_ref(way.last);
    size_t n;
    const void *p = g_bytes_get_data(bytes, &n);
    struct journal *journal = journal_unpack(p, n);
    struct fake fake;
    fake_begin(&fake);
    slow_archives(&fake);
    g_autoptr(GBytes) raw =
        g_bytes_new_static(ARCHIVE_MAIL, strlen(ARCHIVE_MAIL));
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
    answer(wishes->pdata[1]);
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
          UNIT(a_member_three_levels_deep_is_waited_for),
          UNIT(an_unpacker_that_waits_comes_to_the_same),
          UNIT(children_made_again_are_made_of_what_was_known_then),
          UNIT(what_is_said_while_children_are_made_again_is_dropped),
          UNIT(bounds_are_reached_and_charged_once),
          UNIT(a_child_that_a_bound_cuts_is_cut_again),
          UNIT(who_waits_for_ever_is_blocked_in_the_same_round),
          UNIT(what_is_not_answered_is_servfail),
          UNIT(a_journal_that_is_too_large_is_not_written),
          UNIT(children_that_differ_are_told_and_nothing_is_mixed),
          UNIT(a_journal_of_other_scanners_is_refused_and_its_answers_kept),
          UNIT(a_journal_of_another_mail_is_refused),
          UNIT(an_entry_for_another_question_is_refused),
          UNIT(every_truncation_is_refused),
          UNIT(whatever_is_in_a_journal_the_scan_ends),
          UNIT(who_may_not_suspend_finishes_with_the_resolver),
          UNIT(a_scan_that_is_late_is_not_suspended),
          UNIT(answers_that_came_after_the_deadline_keep_what_was_found),
          UNIT(wishes_are_packed_whole_or_not_at_all))
