/* SPDX-License-Identifier: MIT */
/* Who is shown what, and in which order. */
#include "fake.h"
#include "unit.h"

/* --- the order of things --- */

static int32_t log_task(void *self, struct task *task)
{
    static const char *const names[] = {"",     "connect", "helo",   "mail",
                                        "rcpt", "headers", "object", "message"};
    fake_log(self, "%s%s%s", names[task->stage],
             task->object != NULL ? "=" : "",
             task->object != NULL ? task->object->path : "");
    if (task->rcpt != FINDING_ALL_RCPTS)
        fake_log(self, "(%d)", task->rcpt);
    return ASSAY_RC_OK;
}

static void stages_run_where_the_session_knows_them(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake_scanner(&fake, "all", log_task)->stages = UINT64_MAX;
    fake_run(&fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(&fake, "headers= object=1 message="));
    fake_end(&fake);

    fake_begin(&fake);
    fake_scanner(&fake, "all", log_task)->stages = UINT64_MAX;
    fake.session->client_ip = g_strdup("192.0.2.1");
    fake.session->helo = g_strdup("h");
    fake.session->mail_from = g_strdup("");
    g_ptr_array_add(fake.session->rcpts, g_strdup("r0"));
    g_ptr_array_add(fake.session->rcpts, g_strdup("r1"));
    fake_run(&fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(&fake, "connect helo mail rcpt (0) rcpt (1) "
                                 "headers= object=1 message="));
    fake_end(&fake);
}

static void children_are_shown_to_all_like_any_object(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake_scanner(&fake, "a", fake_log_object);
    fake_scanner(&fake, "u", fake_nest);
    fake_scanner(&fake, "z", fake_log_object);
    fake_run(&fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(&fake, "a:1 u:1 z:1 a:1!d1 u:1!d1 z:1!d1 "
                                 "a:1!d1!d2 u:1!d1!d2 z:1!d1!d2 "
                                 "a:1!d1!d2!d3 u:1!d1!d2!d3 z:1!d1!d2!d3"));
    CU_ASSERT_EQUAL(fake.scan->uses[1].calls, 4);
    CU_ASSERT_STRING_EQUAL(fake.scan->uses[2].scanner, "z");
    CU_ASSERT_EQUAL(fake.scan->bytes, 3);
    fake_end(&fake);
}

static uint64_t last_id;

static int32_t check_id(void *self, struct task *task)
{
    (void)self;
    CU_ASSERT(task->id > last_id);
    last_id = task->id;
    return ASSAY_RC_OK;
}

static void every_task_has_an_id_of_its_own(void)
{
    struct fake fake;
    last_id = 0;
    for (int i = 0; i < 2; i++) {
        fake_begin(&fake);
        fake_scanner(&fake, "a", check_id);
        fake_scanner(&fake, "b", check_id);
        fake_run(&fake, FAKE_TWO_PARTS);
        CU_ASSERT_EQUAL(fake.scan->uses[0].calls, 2);
        fake_end(&fake);
    }
}

static int32_t unpack_mail(void *self, struct task *task)
{
    (void)self;
    static const char mail[] =
        "From: x@example.org\r\nSubject: inner\r\nContent-Type: multipart/mixed; boundary=i\r\n"
        "\r\n--i\r\nContent-Type: text/plain\r\n\r\ninner\r\n--i--\r\n";
    return strcmp(task->object->path, "1") == 0
               ? fake_child(task, "m.eml", mail, sizeof mail - 1, NULL)
               : ASSAY_RC_OK;
}

static void a_mail_inside_an_archive_is_taken_apart(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake_scanner(&fake, "u", unpack_mail);
    fake_scanner(&fake, "a", fake_log_object);
    fake_run(&fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(&fake, "a:1 a:1!m.eml a:1!m.eml!1"));
    fake_end(&fake);
}

/* --- wants --- */

static const char *const zip_only[] = {"application/zip", NULL};

static int32_t log_path(void *self, struct task *task)
{
    const char *path = task->object->path;
    fake_log(self, "%s", *path != '\0' ? path : "root");
    return ASSAY_RC_OK;
}

static int32_t unpack_zip(void *self, struct task *task)
{
    (void)self;
    fake_child(task, "e", "", 0, NULL);
    return fake_child(task, "c", "ab", 2, NULL);
}

static void wants_decide_what_is_shown(void)
{
    /* There are: the root, 1 (a text, 3 bytes), 2 (a zip, 7 bytes) and its members
     * e (empty) and c (2 bytes). */
    static const struct {
        uint32_t flags;
        uint64_t min;
        const char *types[3];
        const char *expected;
    } rows[] = {
        {0, 0, {0}, "1 2 2!c"},
        {ASSAY_WANTS_MESSAGE, 0, {0}, "root 1 2 2!c"},
        {ASSAY_WANTS_EMPTY, 0, {0}, "1 2 2!e 2!c"},
        {ASSAY_WANTS_CONTAINER | ASSAY_WANTS_MESSAGE, 0, {0}, "root"},
        {ASSAY_WANTS_LEAF | ASSAY_WANTS_MESSAGE, 0, {0}, "1 2 2!c"},
        {ASSAY_WANTS_LEAF | ASSAY_WANTS_CONTAINER, 0, {0}, "1 2 2!c"},
        {0, 3, {0}, "1 2"},
        {0, 0, {"application/zip"}, "2"},
        {0, 0, {"text/*"}, "1 2!c"},
        {0, 0, {"image/png", "application/*"}, "2"},
        {0, 0, {"text/plai"}, ""},
        {0, 0, {"*"}, "1 2 2!c"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows) * 2; i++) {
        struct fake fake;
        fake_begin(&fake);
        /* The unpacker before and after it: that must not matter. */
        if (i % 2 == 0)
            fake_scanner(&fake, "u", unpack_zip)->types = zip_only;
        struct scanner *s = fake_scanner(&fake, "w", log_path);
        s->wants_flags = rows[i / 2].flags;
        s->min_size = rows[i / 2].min;
        s->types = rows[i / 2].types[0] != NULL ? rows[i / 2].types : NULL;
        if (i % 2 == 1)
            fake_scanner(&fake, "u", unpack_zip)->types = zip_only;
        fake_run(&fake, FAKE_TWO_PARTS);
        CU_ASSERT(fake_logged(&fake, rows[i / 2].expected));
        CU_ASSERT(fake_found(&fake, ""));
        fake_end(&fake);
    }
}

static void a_declared_type_counts_as_well(void)
{
    struct fake fake;
    static const char *const types[] = {"application/x-odd", NULL};
    fake_begin(&fake);
    fake_scanner(&fake, "w", log_path)->types = types;
    fake_run(&fake,
             "From: a@b\r\nContent-Type: Application/X-Odd\r\n\r\nx\r\n");
    CU_ASSERT(fake_logged(&fake, "1"));
    fake_end(&fake);
}

static void what_is_too_large_for_a_scanner_is_partial_in_its_name(void)
{
    struct fake fake;
    fake_begin(&fake);
    struct scanner *s = fake_scanner(&fake, "w", log_path);
    s->max_size = 3;
    fake_scanner(&fake, "v", log_path)->max_size = 7;
    fake_run(&fake, FAKE_TWO_PARTS);
    CU_ASSERT(fake_logged(&fake, "1 1 2"));
    CU_ASSERT(fake_found(&fake, "w partial size 2"));
    const struct finding *f = fake.scan->findings->pdata[0];
    CU_ASSERT_EQUAL(f->reason, ASSAY_REASON_LIMIT_SIZE);
    CU_ASSERT_EQUAL(f->status, ASSAY_STATUS_UNSCANNABLE);
    fake_end(&fake);

    /* Only of what it would have wanted. */
    fake_begin(&fake);
    s = fake_scanner(&fake, "w", log_path);
    s->max_size = 3;
    s->types = (const char *const[]){"text/*", NULL};
    fake_run(&fake, FAKE_TWO_PARTS);
    CU_ASSERT(fake_found(&fake, ""));
    fake_end(&fake);
}

/* --- seen --- */

static int32_t unpack_same_twice(void *self, struct task *task)
{
    (void)self;
    fake_child(task, "same", "same", 4, NULL);
    return fake_child(task, "other", "other", 5, NULL);
}

static int32_t has_seen_same(void *self, struct task *task)
{
    uint8_t digest[DIGEST_SIZE];
    fake_log(self, "%s:%s", task->scanner->name, task->object->path);
    digest_sha256("same", 4, digest);
    if (strcmp(task->object->path, "2") == 0)
        CU_ASSERT_EQUAL(task_seen(task, digest), ASSAY_RC_OK);
    return ASSAY_RC_OK;
}

static void who_has_seen_a_content_is_not_asked_again_below(void)
{
    static const char *const part_types[] = {"application/zip", "text/plain",
                                             NULL};
    struct fake fake;
    fake_begin(&fake);
    struct scanner *u = fake_scanner(&fake, "u", unpack_same_twice);
    u->types = part_types;
    u->min_size = 6; /* not of its own children */
    fake_scanner(&fake, "s", has_seen_same);
    fake_scanner(&fake, "t", fake_log_object);
    fake_run(&fake, "From: a@example.org\r\n"
                    "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
                    "--b\r\nContent-Type: text/plain\r\n\r\nlong text\r\n"
                    "--b\r\nContent-Type: application/zip\r\n\r\nPK\3\4zip\r\n"
                    "--b--\r\n");
    /* 1!same is not below 2: it is shown to s. */
    CU_ASSERT(fake_logged(&fake, "s:1 t:1 s:2 t:2 s:1!same t:1!same s:1!other "
                                 "t:1!other t:2!same s:2!other t:2!other"));
    fake_end(&fake);
}

/* --- core's own findings --- */

static void what_core_noticed_is_told_in_its_name(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake.plan.limits.max_parts = 100;
    g_autoptr(GString) mail = g_string_new(
        "From: a@b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n");
    for (int i = 0; i < 200; i++)
        g_string_append(mail, "--b\r\n\r\nx\r\n");
    g_string_append(mail, "--b--\r\n");
    fake_run(&fake, mail->str);
    unsigned parts = 0;
    for (unsigned i = 0; i < fake.scan->findings->len; i++) {
        const struct finding *f = fake.scan->findings->pdata[i];
        if (f->kind == ASSAY_KIND_PARTIAL) {
            CU_ASSERT_STRING_EQUAL(f->plugin, "core");
            CU_ASSERT_STRING_EQUAL(f->name, "parts");
            CU_ASSERT_EQUAL(f->status, ASSAY_STATUS_UNSCANNABLE);
            parts++;
        }
    }
    CU_ASSERT_EQUAL(parts, 1);
    fake_end(&fake);
}

UNIT_MAIN("scan", UNIT(stages_run_where_the_session_knows_them),
          UNIT(children_are_shown_to_all_like_any_object),
          UNIT(every_task_has_an_id_of_its_own),
          UNIT(a_mail_inside_an_archive_is_taken_apart),
          UNIT(wants_decide_what_is_shown),
          UNIT(a_declared_type_counts_as_well),
          UNIT(what_is_too_large_for_a_scanner_is_partial_in_its_name),
          UNIT(who_has_seen_a_content_is_not_asked_again_below),
          UNIT(what_core_noticed_is_told_in_its_name))
