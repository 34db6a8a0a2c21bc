/* SPDX-License-Identifier: MIT */
#include "fake.h"
#include "unit.h"

#define MIB ((size_t)1 << 20)

static uint8_t *block; /* 1 MiB of zeros */

static int32_t (*act)(struct task *task);

static int32_t run(void *self, struct task *task)
{
    (void)self;
    return strcmp(task->object->path, "1") == 0 ? act(task) : ASSAY_RC_OK;
}

/* A mail with one part of `n` bytes, taken apart by `action`. */
static void run_on(struct fake *fake, size_t n,
                   int32_t (*action)(struct task *task))
{
    g_autoptr(GString) mail = g_string_new("From: a@b\r\n\r\n");
    g_autofree char *body = g_strnfill(n, 'x');
    g_string_append(mail, body);
    fake_scanner(fake, "u", run);
    act = action;
    block = g_malloc0(MIB);
    fake_run(fake, mail->str);
    g_free(block);
}

/* --- depth --- */

static int32_t unpack_without_end(void *self, struct task *task)
{
    (void)self;
    int32_t rc = fake_child(task, "q", "x", 1, NULL);
    return rc == ASSAY_RC_LIMIT ? ASSAY_RC_OK : rc;
}

static void depth_ends_what_contains_itself(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake.plan.limits.max_depth = 4;
    fake_scanner(&fake, "u", unpack_without_end);
    fake_run(&fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_found(&fake, "core partial depth 1!q!q!q!q"));
    CU_ASSERT_EQUAL(fake.message->objects->len, 2 + 4);
    fake_end(&fake);
}

static int32_t unpack_two_each(void *self, struct task *task)
{
    (void)self;
    int32_t rc = fake_child(task, "a", "x", 1, NULL);
    if (rc == ASSAY_RC_OK)
        rc = fake_child(task, "b", "x", 1, NULL);
    return rc; /* LIMIT passed on, as a careless plugin does */
}

static void a_bound_is_told_once_and_a_careless_plugin_is_forgiven(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake.plan.limits.max_depth = 3;
    fake_scanner(&fake, "u", unpack_two_each);
    fake_run(&fake, FAKE_TEXT_MAIL);
    /* Eight members were too deep. */
    CU_ASSERT(fake_found(&fake, "core partial depth 1!a!a!a"));
    CU_ASSERT_EQUAL(fake.message->objects->len, 2 + 2 + 4 + 8);
    fake_end(&fake);
}

/* --- objects --- */

static int32_t unpack_many(struct task *task)
{
    int32_t rc = ASSAY_RC_OK;
    unsigned n = 0;
    while (rc == ASSAY_RC_OK && n < 1000) {
        rc = fake_child(task, "m", "", 0, NULL);
        n += rc == ASSAY_RC_OK;
    }
    CU_ASSERT_EQUAL(rc, ASSAY_RC_LIMIT);
    CU_ASSERT_EQUAL(n, 98);
    return ASSAY_RC_OK;
}

static void objects_are_counted_with_the_parts(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake.plan.limits.max_objects = 100;
    run_on(&fake, 10, unpack_many);
    CU_ASSERT(fake_found(&fake, "core partial objects 1"));
    CU_ASSERT_EQUAL(fake.message->objects->len, 100);
    fake_end(&fake);
}

/* --- bytes --- */

static struct writer *begin_child(struct task *task)
{
    struct assay_child about = {.struct_size = sizeof about,
                                .kind = ASSAY_OBJECT_MEMBER,
                                .name = {"m", 1}};
    struct writer *writer = NULL;
    return writer_begin(task, &about, &writer) == ASSAY_RC_OK ? writer : NULL;
}

static int32_t cross_bytes(struct task *task)
{
    struct writer *writer = begin_child(task);
    CU_ASSERT_EQUAL(writer_write(writer, block, 65535), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(writer_write(writer, block, 1), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(writer_write(writer, block, 0), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(writer_write(writer, block, 1), ASSAY_RC_LIMIT);
    CU_ASSERT_EQUAL(writer_write(writer, block, 1), ASSAY_RC_LIMIT);
    CU_ASSERT_EQUAL(writer_commit(writer, NULL), ASSAY_RC_OK);
    CU_ASSERT_PTR_NULL(begin_child(task));
    return ASSAY_RC_OK;
}

static void limit_comes_at_the_byte_that_crosses(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake.plan.limits.max_bytes = 65536;
    run_on(&fake, 1000, cross_bytes);
    CU_ASSERT(fake_found(&fake, "core partial bytes 1"));
    CU_ASSERT_EQUAL(fake.scan->bytes, 65536);
    const struct object *cut = fake.message->objects->pdata[2];
    CU_ASSERT_EQUAL(cut->size, 65536);
    CU_ASSERT_EQUAL(cut->flags & ASSAY_OBJECT_TRUNCATED,
                    ASSAY_OBJECT_TRUNCATED);
    fake_end(&fake);
}

static int32_t cross_object_bytes(struct task *task)
{
    struct writer *writer = begin_child(task);
    CU_ASSERT_EQUAL(writer_write(writer, block, 100000), ASSAY_RC_LIMIT);
    writer_abort(writer);
    /* The next one may begin: it is this child that was too large. */
    return fake_child(task, "next", "small", 5, NULL);
}

static void a_child_that_is_too_large_leaves_room_for_its_neighbours(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake.plan.limits.max_object_bytes = 65536;
    run_on(&fake, 1000, cross_object_bytes);
    CU_ASSERT(fake_found(&fake, "core partial object_bytes 1"));
    CU_ASSERT_EQUAL_FATAL(fake.message->objects->len, 4);
    const struct object *cut = fake.message->objects->pdata[2];
    const struct object *next = fake.message->objects->pdata[3];
    CU_ASSERT_EQUAL(cut->size, 65536);
    CU_ASSERT_EQUAL(cut->flags,
                    ASSAY_OBJECT_TRUNCATED | (cut->flags & ASSAY_OBJECT_TEXT));
    CU_ASSERT_STRING_EQUAL(next->path, "1!next");
    fake_end(&fake);
}

static int32_t cross_with_range(struct task *task)
{
    struct assay_child about = {.struct_size = sizeof about,
                                .kind = ASSAY_OBJECT_MEMBER};
    struct object *made = NULL;
    CU_ASSERT_EQUAL(writer_range(task, &about, 0, 60000, &made), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(writer_range(task, &about, 0, 60000, &made),
                    ASSAY_RC_LIMIT);
    CU_ASSERT_EQUAL(made->size, 5536);
    CU_ASSERT_EQUAL(writer_range(task, &about, 0, 60000, &made),
                    ASSAY_RC_LIMIT);
    return ASSAY_RC_OK;
}

static void ranges_that_overlap_are_paid_for_each(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake.plan.limits.max_bytes = 65536;
    run_on(&fake, 70000, cross_with_range);
    CU_ASSERT(fake_found(&fake, "core partial bytes 1"));
    CU_ASSERT_EQUAL(fake.message->objects->len, 4);
    CU_ASSERT_EQUAL(fake.scan->bytes, 65536);
    fake_end(&fake);
}

/* --- ratio --- */

static int32_t write_one_mib(struct task *task)
{
    return fake_child(task, "m", block, MIB, NULL);
}

static void what_packs_very_well_but_is_small_is_no_bomb(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake.plan.limits.max_ratio = 10;
    run_on(&fake, 100, write_one_mib);
    CU_ASSERT(fake_found(&fake, ""));
    fake_end(&fake);
}

static int32_t write_until_limit(struct task *task)
{
    size_t n = 0;
    struct writer *writer = begin_child(task);
    while (writer_write(writer, block, 4096) == ASSAY_RC_OK)
        n += 4096;
    writer_abort(writer);
    CU_ASSERT_PTR_NULL(begin_child(task));
    CU_ASSERT_EQUAL(n, 50000 * 100 / 4096 * 4096);
    return ASSAY_RC_OK;
}

static void a_container_that_unpacks_to_too_much_is_a_bomb(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake.plan.limits.max_ratio = 100;
    run_on(&fake, 50000, write_until_limit);
    CU_ASSERT(fake_found(&fake, "core partial ratio 1"));
    CU_ASSERT_EQUAL(fake.scan->bytes, 50000 * 100);
    /* A look at its head, no more. */
    const struct object *cut = fake.message->objects->pdata[2];
    CU_ASSERT_EQUAL(cut->size, 4 * MIB);
    fake_end(&fake);
}

/* Each level is within the ratio, all together are not. */
static int32_t grow_fifty_times(void *self, struct task *task)
{
    (void)self;
    struct writer *writer = begin_child(task);
    int32_t rc = writer == NULL ? ASSAY_RC_LIMIT : ASSAY_RC_OK;
    for (int i = 0; rc == ASSAY_RC_OK && i < 50; i++)
        rc = writer_write(writer, task->object->data, task->object->size);
    if (rc == ASSAY_RC_OK)
        return writer_commit(writer, NULL);
    if (writer != NULL)
        writer_abort(writer);
    return ASSAY_RC_OK;
}

static void nesting_does_not_hide_a_ratio(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake.plan.limits.max_ratio = 100;
    fake_scanner(&fake, "u", grow_fifty_times);
    g_autofree char *body = g_strnfill(20000, 'x');
    g_autofree char *mail = g_strconcat("From: a@b\r\n\r\n", body, NULL);
    fake_run(&fake, mail);
    CU_ASSERT(fake_found(&fake, "core partial ratio 1!m"));
    CU_ASSERT_EQUAL(fake.scan->bytes, strlen(mail) * 100);
    fake_end(&fake);
}

/* Each takes a little, so that it is not its own ratio that ends it. */
static int32_t begin_and_count(void *self, struct task *task)
{
    struct writer *writer = begin_child(task);
    fake_log(self, "%s:%s", task->object->path,
             writer != NULL ? "begun" : "refused");
    if (writer == NULL)
        return ASSAY_RC_OK;
    for (int i = 0; i < 64; i++)
        if (writer_write(writer, block, 65536) != ASSAY_RC_OK)
            break;
    writer_abort(writer);
    return ASSAY_RC_OK;
}

static void once_the_ratio_of_the_mail_is_used_up_no_child_begins(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake.plan.limits.max_ratio = 10;
    fake_scanner(&fake, "u", begin_and_count)->max_size = 2000;
    block = g_malloc0(MIB);
    fake_run(&fake, "From: a@b\r\nContent-Type: multipart/mixed; "
                    "boundary=x\r\n\r\n--x\r\n\r\none\r\n--x\r\n\r\ntwo\r\n"
                    "--x--\r\n");
    g_free(block);
    CU_ASSERT(g_str_has_prefix(fake.log->str, "1:begun 2:refused"));
    CU_ASSERT_EQUAL(fake.scan->bytes, MIB);
    fake_end(&fake);
}

/* --- time --- */

static int32_t sleep_long(void *self, struct task *task)
{
    fake_log(self, "%s:%s", task->scanner->name, task->object->path);
    g_usleep(130000);
    CU_ASSERT(task_is_cancelled(task));
    CU_ASSERT_EQUAL(task_remaining_ns(task), 0);
    CU_ASSERT_PTR_NULL(begin_child(task));
    return ASSAY_RC_OK;
}

static void after_the_deadline_nothing_begins(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake.plan.limits.max_time_ms = 100;
    fake_scanner(&fake, "a", sleep_long);
    fake_scanner(&fake, "b", sleep_long);
    fake_scanner(&fake, "m", sleep_long)->stages =
        ASSAY_STAGE_BIT(ASSAY_STAGE_MESSAGE);
    fake_run(&fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_logged(&fake, "a:1"));
    CU_ASSERT(fake_found(&fake, "core partial time 1"));
    fake_end(&fake);
}

static int32_t unpack_mail_late(void *self, struct task *task)
{
    (void)self;
    int32_t rc = fake_child(task, "a.eml", "From: a@b\r\n\r\nx", 14, NULL);
    g_usleep(20000);
    return rc;
}

static void a_mail_that_comes_too_late_is_told(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake.plan.limits.max_time_ms = 10;
    fake_scanner(&fake, "u", unpack_mail_late)->wants_flags = ASSAY_WANTS_LEAF;
    fake_run(&fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_found(&fake, "core partial time 1!a.eml"));
    fake_end(&fake);
}

static int32_t stop_at_deadline(void *self, struct task *task)
{
    (void)self;
    fake_report(task, ASSAY_KIND_MALWARE, "found-before", task->object);
    while (!task_is_cancelled(task))
        g_usleep(5000);
    return ASSAY_RC_CANCELLED;
}

static void who_stops_at_the_deadline_is_partial_not_failed(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake.plan.limits.max_time_ms = 100;
    fake_scanner(&fake, "a", stop_at_deadline);
    fake_run(&fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_found(&fake, "a malware found-before 1; a partial time 1"));
    fake_end(&fake);
}

UNIT_MAIN("scan_budget", UNIT(depth_ends_what_contains_itself),
          UNIT(a_bound_is_told_once_and_a_careless_plugin_is_forgiven),
          UNIT(objects_are_counted_with_the_parts),
          UNIT(limit_comes_at_the_byte_that_crosses),
          UNIT(a_child_that_is_too_large_leaves_room_for_its_neighbours),
          UNIT(ranges_that_overlap_are_paid_for_each),
          UNIT(what_packs_very_well_but_is_small_is_no_bomb),
          UNIT(a_container_that_unpacks_to_too_much_is_a_bomb),
          UNIT(nesting_does_not_hide_a_ratio),
          UNIT(once_the_ratio_of_the_mail_is_used_up_no_child_begins),
          UNIT(after_the_deadline_nothing_begins),
          UNIT(a_mail_that_comes_too_late_is_told),
          UNIT(who_stops_at_the_deadline_is_partial_not_failed))
