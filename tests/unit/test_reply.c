/* SPDX-License-Identifier: MIT */
/*
 * Replies of a worker that lies: each lie is refused by its name, and nothing of it
 * stays behind.  That honest replies lose nothing is shown by test_cli_reply.
 */
#include "fake.h"
#include "pool/reply.h"
#include "pool/tray.h"
#include "seed.h"
#include "unit.h"

#include <stdlib.h>

static const char mail[] =
    "From: a@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nhello\r\n"
    "--b\r\nContent-Type: application/zip; name=\"a.zip\"\r\n"
    "Content-Disposition: attachment\r\nContent-ID: <1@x>\r\n\r\nPK\r\n"
    "--b--\r\n";

static int32_t say_much(void *self, struct task *task)
{
    (void)self;
    struct object *child;
    if (task->object->kind == ASSAY_OBJECT_MEMBER) {
        fake_report(task, ASSAY_KIND_MALWARE, "Eicar", NULL);
        return ASSAY_RC_OK;
    }
    if (g_strcmp0(object_name(task->object), "a.zip") == 0)
        fake_child(task, "b.exe", "MZ", 2, &child);
    struct finding *f = fake_finding(ASSAY_KIND_SPAM, "LOUD", task->object);
    f->log_odds_milli = 1200;
    f->text = g_strdup("too loud");
    f->rcpt = 1;
    task_report(task, f);
    fake_report(task, 0, NULL, task->object);
    task_fact_set(task, "x.loud", "yes", 3);
    task_count(task, "x.count", "key", 3, -7);
    const struct assay_edit edit = {.struct_size = sizeof edit,
                                    .kind = ASSAY_EDIT_HEADER_ADD,
                                    .name = {"X-Loud", 6},
                                    .value = {"yes", 3}};
    task_edit(task, &edit);
    return ASSAY_RC_OK;
}

static int32_t say_clean(void *self, struct task *task)
{
    (void)self;
    fake_report(task, 0, NULL, task->object);
    return ASSAY_RC_OK;
}

static void begin(struct fake *fake)
{
    static const char *const provides[] = {"x.*", NULL};
    fake_begin(fake);
    g_ptr_array_add(fake->session->rcpts, g_strdup("bob@example.org"));
    g_ptr_array_add(fake->session->rcpts, g_strdup("eve@example.org"));
    struct scanner *loud = fake_scanner(fake, "loud", say_much);
    loud->flags |= ASSAY_FLAG_EDITS;
    loud->provides = provides;
    fake_scanner(fake, "calm", say_clean)->flags = 0;
    fake_run(fake, mail);
    CU_ASSERT_EQUAL_FATAL(fake->message->objects->len, 4);
    CU_ASSERT(fake->scan->findings->len >= 3);
    CU_ASSERT_EQUAL(fake->scan->edits->len, 2);
    CU_ASSERT_EQUAL(fake->scan->counts->len, 2);
    CU_ASSERT_EQUAL(g_hash_table_size(fake->scan->facts), 1);
}

static struct reply_context context_of(const struct fake *fake)
{
    return (struct reply_context){.plan = &fake->plan,
                                  .session = fake->session,
                                  .raw_size = strlen(mail),
                                  .now_s = 1700000000};
}

static GByteArray *pack(const struct scan *scan, bool with_digests)
{
    GByteArray *bytes = g_byte_array_new();
    struct packer to;
    packer_grow(&to, bytes, SIZE_MAX);
    reply_pack(scan, with_digests, &to);
    CU_ASSERT_FALSE(to.is_full);
    return bytes;
}

/* "" where the reply is believed, else why not.  Lent until the next call. */
static const char *unpack(const void *p, size_t n,
                          const struct reply_context *context,
                          struct reply *out)
{
    static char text[1024];
    struct unpacker from;
    GError *error = NULL;
    memset(out, 0, sizeof *out);
    text[0] = '\0';
    unpacker_init(&from, p, n);
    if (reply_unpack(&from, context, out, &error)) {
        CU_ASSERT_PTR_NULL(error);
        return text;
    }
    CU_ASSERT(out->kind == REPLY_NONE && out->scan == NULL &&
              out->message == NULL);
    CU_ASSERT_PTR_NOT_NULL(error);
    g_strlcpy(text, error != NULL ? error->message : "no error", sizeof text);
    g_clear_error(&error);
    return text;
}

/* What the fuzzer starts from, see tests/fuzz/fuzz_reply.c. */
static void keep_seed(const char *name, uint8_t head, const void *p, size_t n)
{
    g_autoptr(GByteArray) seed = g_byte_array_new();
    g_byte_array_append(seed, &head, 1);
    g_byte_array_append(seed, p, (unsigned)n);
    seed_keep(name, seed->data, seed->len);
}

static const char *why_not(const struct fake *fake)
{
    struct reply reply;
    struct reply_context context = context_of(fake);
    g_autoptr(GByteArray) bytes = pack(fake->scan, false);
    const char *why = unpack(bytes->data, bytes->len, &context, &reply);
    reply_clear(&reply);
    return why;
}

/* --- honest ---------------------------------------------------------------------- */

static void everything_arrives(void)
{
    struct fake fake;
    begin(&fake);
    struct reply reply;
    struct reply_context context = context_of(&fake);
    g_autoptr(GByteArray) bytes = pack(fake.scan, true);
    const char *why = unpack(bytes->data, bytes->len, &context, &reply);
    CU_ASSERT_STRING_EQUAL(why, "");
    CU_ASSERT_EQUAL_FATAL(reply.kind, REPLY_DONE);
    keep_seed("everything", 2, bytes->data, bytes->len);
    const struct scan *scan = reply.scan;
    CU_ASSERT_EQUAL(scan->now_s, 1700000000);
    CU_ASSERT_EQUAL(scan->bytes, fake.scan->bytes);
    CU_ASSERT_EQUAL(scan->ns, fake.scan->ns);
    CU_ASSERT_EQUAL(scan->uses[0].calls, fake.scan->uses[0].calls);
    CU_ASSERT_STRING_EQUAL(scan->uses[1].scanner, "calm");
    CU_ASSERT_STRING_EQUAL(g_hash_table_lookup(scan->facts, "x.loud"), "yes");
    const struct scan_count *count = scan->counts->pdata[0];
    CU_ASSERT_STRING_EQUAL(count->name, "x.count");
    CU_ASSERT_STRING_EQUAL(count->key, "key");
    CU_ASSERT_EQUAL(count->n, -7);
    const struct scan_edit *edit = scan->edits->pdata[1];
    CU_ASSERT_PTR_EQUAL(edit->plugin, fake.list[0]->name);
    CU_ASSERT_STRING_EQUAL(edit->name, "X-Loud");
    CU_ASSERT_EQUAL(g_bytes_get_size(edit->value), 3);
    CU_ASSERT_EQUAL(scan->answers->len, fake.scan->answers->len);
    struct object *member = reply.message->objects->pdata[3];
    CU_ASSERT_STRING_EQUAL(member->path, "2!b.exe");
    CU_ASSERT_PTR_EQUAL(member->origin, fake.list[0]->name);
    CU_ASSERT_EQUAL(member->size, 2);
    CU_ASSERT_PTR_NULL(member->bytes);
    CU_ASSERT(memcmp(object_digest(member),
                     object_digest(fake.message->objects->pdata[3]),
                     DIGEST_SIZE) == 0);
    reply_clear(&reply);
    fake_end(&fake);
}

static void a_digest_that_nobody_asked_for_is_not_made_up(void)
{
    struct fake fake;
    begin(&fake);
    struct reply reply;
    struct reply_context context = context_of(&fake);
    g_autoptr(GByteArray) bytes = pack(fake.scan, false);
    const char *why = unpack(bytes->data, bytes->len, &context, &reply);
    CU_ASSERT_STRING_EQUAL(why, "");
    CU_ASSERT_PTR_NULL(object_digest(reply.message->objects->pdata[0]));
    reply_clear(&reply);
    context.needs_digests = true;
    why = unpack(bytes->data, bytes->len, &context, &reply);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "object 0 of 4 has no digest"));
    fake_end(&fake);
}

static void other_kinds_arrive(void)
{
    struct fake fake;
    begin(&fake);
    struct reply reply;
    struct reply_context context = context_of(&fake);
    uint8_t room[256];
    struct packer to;
    g_autoptr(GBytes) journal = g_bytes_new("journal", 7);
    g_autoptr(GBytes) wishes = g_bytes_new("", 0);
    packer_fixed(&to, room, sizeof room);
    reply_pack_suspended(journal, wishes, &to);
    keep_seed("suspended", 2, room, to.n);
    CU_ASSERT_STRING_EQUAL(unpack(room, to.n, &context, &reply), "");
    CU_ASSERT_EQUAL_FATAL(reply.kind, REPLY_SUSPENDED);
    CU_ASSERT_TRUE(g_bytes_equal(reply.journal, journal));
    CU_ASSERT_TRUE(g_bytes_equal(reply.wishes, wishes));
    reply_clear(&reply);
    packer_fixed(&to, room, sizeof room);
    reply_pack_refused("no\nmemory\xff", &to);
    keep_seed("refused", 2, room, to.n);
    CU_ASSERT_STRING_EQUAL(unpack(room, to.n, &context, &reply), "");
    CU_ASSERT_EQUAL_FATAL(reply.kind, REPLY_REFUSED);
    CU_ASSERT_STRING_EQUAL(reply.why, "no\\x0Amemory\\xFF");
    reply_clear(&reply);
    fake_end(&fake);
}

static void dirty_texts_are_cleaned(void)
{
    struct fake fake;
    begin(&fake);
    struct finding *f = fake.scan->findings->pdata[0];
    struct reply reply;
    struct reply_context context = context_of(&fake);
    g_free(f->name);
    g_free(f->text);
    g_free(f->reply_text);
    f->name = g_strdup("\x1b[31m\xe2\x80\xae");
    f->text = g_strnfill(2000, 'x');
    f->reply_text = g_strdup("ok\r\n250 fine");
    g_autoptr(GByteArray) bytes = pack(fake.scan, false);
    CU_ASSERT_STRING_EQUAL(unpack(bytes->data, bytes->len, &context, &reply),
                           "");
    f = reply.scan->findings->pdata[0];
    CU_ASSERT_STRING_EQUAL(f->name, "\\x1B[31m\\u{202E}");
    CU_ASSERT_EQUAL(strlen(f->text), FINDING_TEXT_MAX);
    CU_ASSERT_STRING_EQUAL(f->reply_text, "ok??250 fine");
    reply_clear(&reply);
    fake_end(&fake);
}

/* --- lies ------------------------------------------------------------------------ */

static struct object *object(struct fake *fake, unsigned id)
{
    return fake->message->objects->pdata[id];
}

static struct finding *finding(struct fake *fake, unsigned i)
{
    return fake->scan->findings->pdata[i];
}

/* The first finding of that kind. */
static struct finding *finding_of(struct fake *fake, uint32_t kind)
{
    unsigned i = 0;
    while (finding(fake, i)->kind != kind)
        i++;
    return finding(fake, i);
}

static struct scan_answer *answer(struct fake *fake)
{
    return &g_array_index(fake->scan->answers, struct scan_answer, 0);
}

static void set(char **text, const char *value)
{
    g_free(*text);
    *text = g_strdup(value);
}

#define LIE(name, ...)                                                         \
    static void name(struct fake *fake)                                        \
    {                                                                          \
        __VA_ARGS__                                                            \
    }

/* clang-format off */
LIE(own_parent, object(fake, 3)->parent = object(fake, 3);)
LIE(late_parent, object(fake, 1)->parent = object(fake, 2);)
LIE(leaf_parent, object(fake, 2)->flags = 0;)
LIE(no_message, object(fake, 0)->kind = ASSAY_OBJECT_PART;)
LIE(odd_kind, object(fake, 1)->kind = 9;)
LIE(odd_flags, object(fake, 1)->flags |= 1u << 20;)
LIE(other_size, object(fake, 0)->size++;)
LIE(huge_member, object(fake, 3)->size = UINT64_MAX;)
LIE(no_type, object(fake, 1)->type_detected = "";)
LIE(dirty_type, object(fake, 1)->type_detected = "text/\x1bplain";)
LIE(no_origin, object(fake, 3)->origin = NULL;)
LIE(odd_origin, object(fake, 3)->origin = "nobody";)
LIE(calm_origin, object(fake, 3)->origin = fake->list[1]->name;)
LIE(entity_origin, object(fake, 1)->origin = fake->list[0]->name;)
LIE(other_path, set(&object(fake, 3)->path, "1!b.exe");)
LIE(short_path, set(&object(fake, 3)->path, "");)
LIE(dirty_path, set(&object(fake, 3)->path, "2!\xff");)
LIE(root_path, set(&object(fake, 0)->path, "x");)
LIE(empty_name, ((struct object_name *)object(fake, 2)->names->pdata[0])->text[0] = '\0';)
LIE(dirty_name, ((struct object_name *)object(fake, 2)->names->pdata[0])->text[0] = '\xff';)
LIE(deep, fake->plan.limits.max_depth = 0;)
LIE(mime_deep, fake->plan.limits.max_mime_depth = 0;)
LIE(many_objects, fake->plan.limits.max_objects = 3;)
LIE(no_objects, g_ptr_array_set_size(fake->message->objects, 0);)
LIE(long_declared, g_free(object(fake, 1)->type_declared);
    object(fake, 1)->type_declared = g_strnfill(200, 'x');)
LIE(odd_plugin, finding(fake, 0)->plugin = "nobody";)
LIE(odd_status, finding(fake, 0)->status = 7;)
LIE(clean_finding, finding(fake, 0)->status = ASSAY_STATUS_CLEAN;)
LIE(host_kind, finding(fake, 0)->kind = ASSAY_KIND_FAILED;)
LIE(odd_finding_kind, finding(fake, 0)->kind = 12;)
LIE(core_kind, finding_of(fake, ASSAY_KIND_MALWARE)->plugin = "core";)
LIE(no_reason, finding(fake, 0)->status = ASSAY_STATUS_UNSCANNABLE;
    finding(fake, 0)->kind = ASSAY_KIND_PARTIAL;)
LIE(odd_reason, finding(fake, 0)->status = ASSAY_STATUS_UNSCANNABLE;
    finding(fake, 0)->kind = ASSAY_KIND_PARTIAL;
    finding(fake, 0)->reason = 99;)
LIE(other_reason, finding(fake, 0)->status = ASSAY_STATUS_UNSCANNABLE;
    finding(fake, 0)->kind = ASSAY_KIND_ENCRYPTED;
    finding(fake, 0)->reason = ASSAY_REASON_DAMAGED;)
LIE(no_confidence, finding(fake, 0)->confidence = 0;)
LIE(high_confidence, finding(fake, 0)->confidence = 101;)
LIE(high_odds, finding_of(fake, ASSAY_KIND_SPAM)->log_odds_milli = 30001;)
LIE(malware_odds, finding_of(fake, ASSAY_KIND_MALWARE)->log_odds_milli = -1;)
LIE(odd_advice, finding(fake, 0)->advice = 10;)
LIE(odd_rcpt, finding(fake, 0)->rcpt = 2;)
LIE(low_rcpt, finding(fake, 0)->rcpt = -2;)
LIE(odd_code, finding(fake, 0)->reply_code = 250;)
LIE(long_delay, finding(fake, 0)->delay_ms = 300001;)
LIE(odd_object, finding(fake, 0)->object = object(fake, 3);
    g_ptr_array_steal_index(fake->message->objects, 3);)
LIE(same_again, struct finding *f = finding_new(finding(fake, 0)->plugin);
    struct finding copy = *finding(fake, 0);
    copy.name = g_strdup(copy.name);
    copy.text = g_strdup(copy.text);
    copy.reply_text = g_strdup(copy.reply_text);
    *f = copy;
    g_ptr_array_add(fake->scan->findings, f);)
LIE(many_findings, fake->plan.limits.max_findings = 1;)
LIE(odd_answer, answer(fake)->status = ASSAY_STATUS_FOUND;)
LIE(answer_rcpt, answer(fake)->rcpt = 5;)
LIE(answer_plugin, answer(fake)->plugin = "nobody";)
LIE(fact_key, g_hash_table_insert(fake->scan->facts, g_strdup("X Y"), g_strdup(""));)
LIE(fact_value, g_hash_table_insert(fake->scan->facts, g_strdup("x.y"), g_strdup("\xff"));)
LIE(fact_long, g_hash_table_insert(fake->scan->facts, g_strdup("x.y"), g_strnfill(4097, 'x'));)
LIE(count_name, set(&((struct scan_count *)fake->scan->counts->pdata[0])->name, "no");)
LIE(edit_kind, ((struct scan_edit *)fake->scan->edits->pdata[0])->kind = 99;)
LIE(edit_name, set(&((struct scan_edit *)fake->scan->edits->pdata[0])->name, "a:b");)
LIE(edit_range, struct scan_edit *e = fake->scan->edits->pdata[0];
    e->kind = ASSAY_EDIT_REPLACE;
    e->offset = strlen(mail);
    e->length = 1;)
LIE(edit_plugin, ((struct scan_edit *)fake->scan->edits->pdata[0])->plugin = fake->list[1]->name;)
LIE(edit_core, ((struct scan_edit *)fake->scan->edits->pdata[0])->plugin = "core";)
LIE(other_time, fake->scan->now_s++;)

/* clang-format on */

static const struct {
    void (*lie)(struct fake *fake);
    const char *why;
} lies[] = {
    {own_parent, "object 3 of 4 has a parent that does not stand before it"},
    {late_parent, "object 1 of 4 has a parent that does not stand before it"},
    {leaf_parent, "object 3 of 4 is below one that is no container"},
    {no_message, "object 0 of 4 is the root, but no message"},
    {odd_kind, "object 1 of 4 is of an unknown kind"},
    {odd_flags, "object 1 of 4 has unknown flags"},
    {other_size, "object 0 of 4 has a size that it cannot have"},
    {huge_member, "object 3 of 4 has a size that it cannot have"},
    {no_type, "object 1 of 4 has a detected type that is none"},
    {dirty_type, "object 1 of 4 has a detected type that is none"},
    {no_origin, "object 3 of 4 is a member without origin"},
    {odd_origin, "object 3 of 4 is of a plugin that makes no objects"},
    {calm_origin, "object 3 of 4 is of a plugin that makes no objects"},
    {entity_origin, "object 1 of 4 is a member without origin, or an entity"},
    {other_path, "object 3 of 4 has a path that is not below its parent's"},
    {short_path, "object 3 of 4 has a path that is not below its parent's"},
    {dirty_path, "object 3 of 4 has a path that is not below its parent's"},
    {root_path, "object 0 of 4 has a path that is not below its parent's"},
    {empty_name, "object 2 of 4 has a name that is empty or no UTF-8"},
    {dirty_name, "object 2 of 4 has a name that is empty or no UTF-8"},
    {deep, "object 3 of 4 is deeper than the limits allow"},
    {mime_deep, "object 1 of 4 is deeper than the limits allow"},
    {many_objects, "object 0 of 0 is not well made"},
    {no_objects, "object 0 of 0 is not there, and one has to be"},
    {long_declared, "object 1 of 4 is not well made"},
    {odd_plugin, "a finding is of a plugin that was not asked"},
    {odd_status, "a finding has a status, kind and reason that do not go"},
    {clean_finding, "a finding has a status, kind and reason that do not go"},
    {host_kind, "a finding has a status, kind and reason that do not go"},
    {odd_finding_kind, "a finding has a status, kind and reason that do not"},
    {core_kind, "a finding has a status, kind and reason that do not go"},
    {no_reason, "a finding has a status, kind and reason that do not go"},
    {odd_reason, "a finding has a status, kind and reason that do not go"},
    {other_reason, "a finding has a status, kind and reason that do not go"},
    {no_confidence, "a finding has a confidence that is not 1 to 100"},
    {high_confidence, "a finding has a confidence that is not 1 to 100"},
    {high_odds, "a finding has log-odds that it cannot have"},
    {malware_odds, "a finding has log-odds that it cannot have"},
    {odd_advice, "a finding has an unknown advice"},
    {odd_rcpt, "a finding is for a recipient that is not there"},
    {low_rcpt, "a finding is for a recipient that is not there"},
    {odd_code, "a finding has a reply code that is not 400 to 599"},
    {long_delay, "a finding has a delay that is too long"},
    {odd_object, "a finding is about an object that is not there"},
    {same_again, "a finding is there twice"},
    {many_findings, "a finding is one more than there may be"},
    {odd_answer, "an answer is neither CLEAN nor TRUSTED"},
    {answer_rcpt, "an answer is for a recipient that is not there"},
    {answer_plugin, "an answer is of a plugin that was not asked"},
    {fact_key, "a fact has a wrong key"},
    {fact_value, "a fact has a wrong value"},
    {fact_long, "a fact has a wrong value"},
    {count_name, "a count has a wrong name or key"},
    {edit_kind, "an edit is not well made"},
    {edit_name, "an edit is not well made"},
    {edit_range, "an edit is not well made"},
    {edit_plugin, "an edit is of a plugin that proposes none"},
    {edit_core, "an edit is of a plugin that was not asked"},
    {other_time, "is of another time"},
};

static void lies_are_refused_by_name(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(lies); i++) {
        struct fake fake;
        begin(&fake);
        GPtrArray *objects = g_ptr_array_new();
        for (unsigned o = 0; o < fake.message->objects->len; o++)
            g_ptr_array_add(objects, object(&fake, o));
        g_ptr_array_set_free_func(fake.message->objects, NULL);
        lies[i].lie(&fake);
        const char *why = why_not(&fake);
        CU_ASSERT_PTR_NOT_NULL(strstr(why, lies[i].why));
        if (strstr(why, lies[i].why) == NULL)
            fprintf(stderr, "lie %zu: \"%s\", not \"%s\"\n", i, why,
                    lies[i].why);
        for (unsigned o = 0; o < objects->len; o++)
            object_free(objects->pdata[o]);
        g_ptr_array_unref(objects);
        fake_end(&fake);
    }
}

static void another_plan_is_refused(void)
{
    struct fake fake;
    begin(&fake);
    struct reply reply;
    struct reply_context context = context_of(&fake);
    struct scan_plan plan = fake.plan;
    plan.scanner_n++;
    plan.scanners = (const struct scanner *const[]){fake.list[0], fake.list[1],
                                                    fake.list[0]};
    context.plan = &plan;
    g_autoptr(GByteArray) bytes = pack(fake.scan, false);
    const char *why = unpack(bytes->data, bytes->len, &context, &reply);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "its head is of another plan"));
    fake_end(&fake);
}

static GByteArray *pack_stage(const struct scan *scan)
{
    GByteArray *bytes = g_byte_array_new();
    struct packer to;
    packer_grow(&to, bytes, SIZE_MAX);
    reply_pack_stage(scan, false, &to);
    CU_ASSERT_FALSE(to.is_full);
    return bytes;
}

/* A journal of so many bytes; 0: none. */
static void set_journal(struct scan *scan, size_t n)
{
    g_clear_pointer(&scan->journal, g_bytes_unref);
    if (n > 0)
        scan->journal = g_bytes_new_take(g_malloc0(n), n);
}

static void a_stage_arrives_with_its_journal_if_that_may_be_kept(void)
{
    static const size_t sizes[] = {0, 1, REPLY_STAGE_JOURNAL_MAX,
                                   REPLY_STAGE_JOURNAL_MAX + 1};
    struct fake fake;
    begin(&fake);
    struct reply_context context = context_of(&fake);
    context.until = ASSAY_STAGE_RCPT;
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        struct reply reply;
        bool is_kept = i == 1 || i == 2;
        set_journal(fake.scan, sizes[i]);
        g_autoptr(GByteArray) bytes = pack_stage(fake.scan);
        const char *why = unpack(bytes->data, bytes->len, &context, &reply);
        CU_ASSERT_STRING_EQUAL(why, "");
        CU_ASSERT_EQUAL_FATAL(reply.kind, REPLY_STAGE);
        CU_ASSERT_EQUAL(reply.scan->findings->len, fake.scan->findings->len);
        CU_ASSERT_EQUAL(reply.journal != NULL, is_kept);
        if (reply.journal != NULL)
            CU_ASSERT(g_bytes_equal(reply.journal, fake.scan->journal));
        reply_clear(&reply);
    }
    fake_end(&fake);
}

static void a_stage_that_is_cut_or_has_too_much_is_refused(void)
{
    struct fake fake;
    struct reply reply;
    begin(&fake);
    struct reply_context context = context_of(&fake);
    context.until = ASSAY_STAGE_RCPT;
    set_journal(fake.scan, 7);
    g_autoptr(GByteArray) bytes = pack_stage(fake.scan);
    for (unsigned n = 0; n < bytes->len; n++) {
        g_autofree uint8_t *copy = g_memdup2(bytes->data, n);
        CU_ASSERT_STRING_NOT_EQUAL(unpack(copy, n, &context, &reply), "");
    }
    /* A length that says more than fronts keep. */
    set_journal(fake.scan, REPLY_STAGE_JOURNAL_MAX);
    g_autoptr(GByteArray) large = pack_stage(fake.scan);
    size_t at = large->len - REPLY_STAGE_JOURNAL_MAX - 4;
    large->data[at]++;
    g_byte_array_append(large, (const uint8_t *)"", 1);
    CU_ASSERT_STRING_NOT_EQUAL(
        unpack(large->data, large->len, &context, &reply), "");
    fake_end(&fake);
}

static void what_is_over_is_what_was_asked_for(void)
{
    struct fake fake;
    struct reply reply;
    begin(&fake);
    struct reply_context context = context_of(&fake);
    set_journal(fake.scan, 7);
    g_autoptr(GByteArray) stage = pack_stage(fake.scan);
    g_autoptr(GByteArray) whole = pack(fake.scan, false);
    CU_ASSERT_PTR_NOT_NULL(strstr(
        unpack(stage->data, stage->len, &context, &reply), "another stage"));
    context.until = ASSAY_STAGE_CONNECT;
    CU_ASSERT_PTR_NOT_NULL(strstr(
        unpack(whole->data, whole->len, &context, &reply), "another stage"));
    fake_end(&fake);
}

static void equal_answers_are_told_once_where_they_are_many(void)
{
    struct fake fake;
    begin(&fake);
    struct reply reply;
    struct reply_context context = context_of(&fake);
    unsigned before = fake.scan->answers->len;
    struct scan_answer same = *answer(&fake);
    for (unsigned i = 0; i < 1000; i++)
        g_array_append_val(fake.scan->answers, same);
    g_autoptr(GByteArray) bytes = pack(fake.scan, false);
    const char *why = unpack(bytes->data, bytes->len, &context, &reply);
    CU_ASSERT_STRING_EQUAL(why, "");
    CU_ASSERT_EQUAL(reply.scan->answers->len, before);
    reply_clear(&reply);
    fake_end(&fake);
}

/* As many objects as the limits allow, each with a long name and path. */
static void add_crowd(struct message *message, const struct limits *limits,
                      const char *origin)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static("x", 1);
    while (message->objects->len < limits->max_objects) {
        g_autofree char *name =
            g_strdup_printf("%0251u.exe", (unsigned)message->objects->len);
        struct object *member = object_new(ASSAY_OBJECT_MEMBER, bytes);
        object_add_name(member, name, 255, NULL, NULL);
        member->origin = origin;
        message_add(message, message->objects->pdata[0], member);
    }
}

static void say_crowd(struct scan *scan, const struct limits *limits)
{
    g_autofree char *text = g_strnfill(FINDING_TEXT_MAX, 't');
    const struct assay_str name = {text, FINDING_NAME_MAX};
    const struct assay_str whole = {text, FINDING_TEXT_MAX};
    for (uint64_t i = scan->findings->len; i < limits->max_findings; i++) {
        struct finding *f = fake_finding(ASSAY_KIND_MALWARE, NULL,
                                         scan->message->objects->pdata[i]);
        f->plugin = scan->plan->scanners[0]->name;
        f->confidence = 100;
        finding_set_texts(f, name, whole, whole);
        g_ptr_array_add(scan->findings, f);
    }
    for (unsigned i = 0; i < scan->message->objects->len; i++)
        for (unsigned k = 0; k < 12; k++) {
            struct scan_answer answer = {scan->plan->scanners[k % 2]->name,
                                         scan->message->objects->pdata[i],
                                         k / 2 % 2 == 0 ? ASSAY_STATUS_CLEAN
                                                        : ASSAY_STATUS_TRUSTED,
                                         (int32_t)(k / 4) - 1};
            g_array_append_val(scan->answers, answer);
        }
}

static void as_much_as_the_limits_allow_has_room_in_a_tray(void)
{
    struct fake fake;
    begin(&fake);
    const struct limits *limits = &fake.plan.limits;
    size_t room = (size_t)tray_home_reply(limits);
    CU_ASSERT(room <= 32 << 20);
    add_crowd(fake.message, limits, fake.list[0]->name);
    say_crowd(fake.scan, limits);
    struct packer to;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    packer_grow(&to, bytes, room);
    reply_pack(fake.scan, true, &to);
    CU_ASSERT_FALSE(to.is_full);
    CU_ASSERT(to.n > room / 2); /* nor much more than that */
    struct reply reply;
    struct reply_context context = context_of(&fake);
    CU_ASSERT_STRING_EQUAL(unpack(bytes->data, bytes->len, &context, &reply),
                           "");
    reply_clear(&reply);
    struct limits huge = *limits;
    huge.max_objects = UINT64_MAX;
    huge.max_findings = UINT64_MAX;
    CU_ASSERT_EQUAL(tray_home_reply(&huge), 96 << 20);
    fake_end(&fake);
}

static void more_facts_than_a_scan_has_do_not_fit(void)
{
    struct fake fake;
    begin(&fake);
    struct packer to;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    for (unsigned i = 0; i < 8192; i++)
        g_hash_table_insert(fake.scan->facts, g_strdup_printf("x.%u", i),
                            g_strdup(""));
    packer_grow(&to, bytes, SIZE_MAX);
    reply_pack(fake.scan, false, &to);
    CU_ASSERT_TRUE(to.is_full);
    fake_end(&fake);
}

static void every_cut_and_every_addition_is_refused(void)
{
    struct fake fake;
    begin(&fake);
    struct reply reply;
    struct reply_context context = context_of(&fake);
    g_autoptr(GByteArray) bytes = pack(fake.scan, true);
    for (unsigned n = 0; n < bytes->len; n++) {
        /* Exactly as large: the sanitizer sees one byte too far. */
        g_autofree uint8_t *cut = g_memdup2(bytes->data, n);
        CU_ASSERT_STRING_NOT_EQUAL(unpack(cut, n, &context, &reply), "");
    }
    g_byte_array_append(bytes, (const uint8_t *)"", 1);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(unpack(bytes->data, bytes->len, &context, &reply),
               "its end is not where it should be"));
    fake_end(&fake);
}

static void every_wrong_byte_is_survived(void)
{
    static const uint8_t flips[] = {0x01, 0x80, 0xff};
    struct fake fake;
    begin(&fake);
    struct reply reply;
    struct reply_context context = context_of(&fake);
    g_autoptr(GByteArray) bytes = pack(fake.scan, true);
    unsigned refused = 0;
    for (unsigned i = 0; i < bytes->len; i++)
        for (size_t f = 0; f < sizeof flips; f++) {
            bytes->data[i] ^= flips[f];
            refused +=
                unpack(bytes->data, bytes->len, &context, &reply)[0] != '\0';
            reply_clear(&reply);
            bytes->data[i] ^= flips[f];
        }
    CU_ASSERT(refused > bytes->len);
    fake_end(&fake);
}

UNIT_MAIN("reply", UNIT(everything_arrives),
          UNIT(a_digest_that_nobody_asked_for_is_not_made_up),
          UNIT(other_kinds_arrive), UNIT(dirty_texts_are_cleaned),
          UNIT(lies_are_refused_by_name), UNIT(another_plan_is_refused),
          UNIT(as_much_as_the_limits_allow_has_room_in_a_tray),
          UNIT(a_stage_arrives_with_its_journal_if_that_may_be_kept),
          UNIT(a_stage_that_is_cut_or_has_too_much_is_refused),
          UNIT(what_is_over_is_what_was_asked_for),
          UNIT(equal_answers_are_told_once_where_they_are_many),
          UNIT(more_facts_than_a_scan_has_do_not_fit),
          UNIT(every_cut_and_every_addition_is_refused),
          UNIT(every_wrong_byte_is_survived))
