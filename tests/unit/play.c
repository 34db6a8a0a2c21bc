/* SPDX-License-Identifier: MIT */
#include "play.h"

#include "dump.h"
#include "scan/journal.h"
#include "scan/wishes.h"

#include <CUnit/CUnit.h>

struct play_way play_way;

static uint32_t state_of(const char *key)
{
    if (strncmp(key, "no", 2) == 0)
        return ASSAY_ANSWER_NXDOMAIN;
    return strncmp(key, "bad", 3) == 0 ? ASSAY_ANSWER_SERVFAIL
                                       : ASSAY_ANSWER_DATA;
}

void play_answer(struct wish *wish)
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
        play_answer(wishes[i]);
}

const struct resolver play_resolver = {answer_each, NULL};

char *play_direct(const struct play *play)
{
    struct fake fake;
    fake_begin(&fake);
    play->prepare(&fake);
    play_way.rounds = 0;
    fake.plan.resolver = &play_resolver;
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

char *play_round(const struct play *play, GBytes **journal)
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
                                     .journal_max = play_way.journal_max};
    fake.scan = scan_run_input(&fake.plan, &input);
    char *text = NULL;
    g_free(play_way.refused);
    play_way.refused = g_strdup(fake.scan->journal_refused);
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

GBytes *play_answered(GBytes *bytes)
{
    size_t n;
    const void *p = g_bytes_get_data(bytes, &n);
    struct journal *journal = journal_unpack(p, n);
    g_assert(journal != NULL);
    for (unsigned i = 0; i < journal->wishes->len; i++) {
        const struct wish *open = journal->wishes->pdata[i];
        struct wish *copy = wish_new(open->kind, open->type, open->key);
        play_answer(copy);
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

char *play_suspended(const struct play *play)
{
    GBytes *journal = NULL;
    char *text = NULL;
    play_way.rounds = 0;
    play_way.calls = 0;
    while (play_way.rounds < 200 &&
           (text = play_round(play, &journal)) == NULL) {
        play_way.rounds++;
        if (!play_way.leaves_open) {
            GBytes *asked = journal;
            journal = play_answered(asked);
            g_bytes_unref(asked);
        }
        g_clear_pointer(&play_way.last, g_bytes_unref);
        play_way.last = g_bytes_ref(journal);
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    return text;
}

bool play_is_same(const struct play *play)
{
    g_autofree char *direct = play_direct(play);
    g_autofree char *suspended = play_suspended(play);
    CU_ASSERT_PTR_NULL(play_way.refused);
    if (play_way.refused != NULL)
        fprintf(stderr, "refused: %s\n", play_way.refused);
    return dump_same(direct, suspended);
}

int32_t play_want(struct task *task, const char *key)
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

int32_t play_unpack(void *self, struct task *task)
{
    struct object *o = task->object;
    (void)self;
    play_way.calls++;
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

int32_t play_ask_by_content(void *self, struct task *task)
{
    const struct object *o = task->object;
    (void)self;
    play_way.calls++;
    g_autofree char *key =
        g_strndup((const char *)o->data, MIN(o->size, (size_t)4));
    g_strcanon(key, "abcdefghijklmnopqrstuvwxyz", '.');
    fake_report(task, 0, "", task->object);
    return play_want(task, key) == ASSAY_RC_OK ? ASSAY_RC_OK : ASSAY_RC_PENDING;
}

void play_archives(struct fake *fake)
{
    fake_scanner(fake, "zip", play_unpack);
    fake_scanner(fake, "ask", play_ask_by_content);
}

static int32_t wait_and_unpack(void *self, struct task *task)
{
    if (task->object->data[0] != '(' && task->object->data[0] != '[')
        return ASSAY_RC_OK;
    g_autofree char *key = g_strdup_printf("k%u", task->object->id);
    /* Children of a run that waits are nothing. */
    fake_child(task, "dropped", "dropped", 7, NULL);
    if (play_want(task, key) != ASSAY_RC_OK)
        return ASSAY_RC_PENDING;
    return play_unpack(self, task);
}

void play_slow_archives(struct fake *fake)
{
    fake_scanner(fake, "zip", wait_and_unpack);
    fake_scanner(fake, "ask", play_ask_by_content);
    fake_scanner(fake, "two", play_ask_by_content);
}
