/* SPDX-License-Identifier: MIT */
#include "fake.h"
#include "unit.h"

static int32_t (*act)(struct task *task);

/* Acts on the first part only. */
static int32_t run(void *self, struct task *task)
{
    (void)self;
    return strcmp(task->object->path, "1") == 0 ? act(task) : ASSAY_RC_OK;
}

/* Runs `action` in a task on the only part of a mail with that body. */
static void with(struct fake *fake, int32_t (*action)(struct task *task))
{
    fake_begin(fake);
    fake->plan.limits.max_ratio = 1000000; /* test_scan_budget is about that */
    fake_scanner(fake, "u", run);
    act = action;
    fake_run(fake, FAKE_TEXT_MAIL);
}

static const struct object *child(const struct fake *fake, size_t i)
{
    return fake->message->objects->pdata[2 + i];
}

static struct assay_child about(const char *name)
{
    return (struct assay_child){.struct_size = sizeof(struct assay_child),
                                .kind = ASSAY_OBJECT_MEMBER,
                                .name = {name, strlen(name)}};
}

static uint8_t byte_at(size_t i, size_t child_index)
{
    return (uint8_t)(i * 7 + i / 256 + child_index);
}

static const size_t sizes[] = {0,     1,       4095,    4096,   65535, 65536,
                               65537, 262144,  262145,  300000, 10,    1048577,
                               3,     2500000, 1000000, 0};

static int32_t write_many_sizes(struct task *task)
{
    for (size_t c = 0; c < G_N_ELEMENTS(sizes); c++) {
        g_autofree uint8_t *bytes = g_malloc(sizes[c] + 1);
        for (size_t i = 0; i < sizes[c]; i++)
            bytes[i] = byte_at(i, c);
        struct assay_child a = about("x");
        struct writer *writer;
        /* Lies about its size, either way. */
        a.told_size = c % 3 == 0 ? UINT64_MAX : c % 3;
        CU_ASSERT_EQUAL(writer_begin(task, &a, &writer), ASSAY_RC_OK);
        size_t piece = c % 2 == 0 ? 1000 : sizes[c] + 1;
        for (size_t at = 0; at < sizes[c]; at += piece)
            CU_ASSERT_EQUAL(
                writer_write(writer, bytes + at, MIN(piece, sizes[c] - at)),
                ASSAY_RC_OK);
        CU_ASSERT_EQUAL(writer_commit(writer, NULL), ASSAY_RC_OK);
    }
    return ASSAY_RC_OK;
}

static void what_is_written_is_what_the_child_holds(void)
{
    struct fake fake;
    with(&fake, write_many_sizes);
    CU_ASSERT_EQUAL_FATAL(fake.message->objects->len, 2 + G_N_ELEMENTS(sizes));
    uint64_t sum = 0;
    for (size_t c = 0; c < G_N_ELEMENTS(sizes); c++) {
        const struct object *o = child(&fake, c);
        size_t same = 0;
        CU_ASSERT_EQUAL_FATAL(o->size, sizes[c]);
        while (same < o->size && o->data[same] == byte_at(same, c))
            same++;
        CU_ASSERT_EQUAL(same, o->size);
        CU_ASSERT_PTR_NOT_NULL(o->data);
        sum += o->size;
    }
    CU_ASSERT_EQUAL(fake.scan->bytes, sum);
    CU_ASSERT(fake_found(&fake, ""));
    fake_end(&fake);
}

static int32_t tell_all(struct task *task)
{
    struct assay_child a = about("dir/a.EXE");
    struct writer *writer;
    struct object *made = NULL;
    a.flags = ASSAY_OBJECT_NAME_UNSAFE | ASSAY_OBJECT_ATTACHMENT;
    a.type = (struct assay_str){"Application/X-MSDOS-Program; x=y", 32};
    a.method = (struct assay_str){"deflate", 7};
    a.packed_size = 11;
    a.told_size = 22;
    a.mtime = 33;
    CU_ASSERT_EQUAL(writer_begin(task, &a, &writer), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(writer_name(writer, "other", 5, NULL), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(writer_name(writer, "dir/a.EXE", 9, NULL), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(writer_name(writer, "\x81", 1, "cp437"), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(
        writer_flags(writer, ASSAY_OBJECT_DAMAGED | ASSAY_OBJECT_CONTAINER),
        ASSAY_RC_OK);
    CU_ASSERT_EQUAL(writer_write(writer, "MZ\0", 3), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(writer_commit(writer, &made), ASSAY_RC_OK);
    CU_ASSERT(task_owns(task, made));
    CU_ASSERT_PTR_EQUAL(task_object(task, 2), made);
    CU_ASSERT_PTR_NULL(task_object(task, 3));
    return ASSAY_RC_OK;
}

static void all_that_is_told_about_a_child_is_kept(void)
{
    struct fake fake;
    with(&fake, tell_all);
    const struct object *o = child(&fake, 0);
    CU_ASSERT_STRING_EQUAL(o->path, "1!dir/a.EXE");
    /* Of the flags a plugin may set some; TEXT comes from the content. */
    CU_ASSERT_EQUAL(o->flags & ~ASSAY_OBJECT_TEXT,
                    ASSAY_OBJECT_NAME_UNSAFE | ASSAY_OBJECT_DAMAGED);
    CU_ASSERT_STRING_EQUAL(o->type_declared, "application/x-msdos-program");
    CU_ASSERT_STRING_EQUAL(o->method, "deflate");
    CU_ASSERT_EQUAL(o->packed_size, 11);
    CU_ASSERT_EQUAL(o->told_size, 22);
    CU_ASSERT_EQUAL(o->mtime, 33);
    CU_ASSERT_STRING_EQUAL(o->origin, "u");
    CU_ASSERT_EQUAL(o->unpack_depth, 1);
    CU_ASSERT_EQUAL_FATAL(o->names->len, 3);
    const struct object_name *name = o->names->pdata[2];
    CU_ASSERT_STRING_EQUAL(name->text, "\xc3\xbc"); /* u umlaut */
    fake_end(&fake);
}

static int32_t misuse(struct task *task)
{
    struct assay_child a = about("a");
    struct writer *writer;
    struct writer *second = NULL;
    CU_ASSERT_EQUAL(writer_begin(task, &a, &writer), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(writer_begin(task, &a, &second), ASSAY_RC_STATE);
    CU_ASSERT_EQUAL(writer_range(task, &a, 0, 1, NULL), ASSAY_RC_STATE);
    CU_ASSERT_PTR_NULL(second);
    writer_abort(writer);
    CU_ASSERT_FALSE(writer_is_open(task, writer));
    CU_ASSERT_EQUAL(writer_write(writer, "x", 1), ASSAY_RC_STATE);
    CU_ASSERT_EQUAL(writer_name(writer, "x", 1, NULL), ASSAY_RC_STATE);
    CU_ASSERT_EQUAL(writer_flags(writer, 1), ASSAY_RC_STATE);
    CU_ASSERT_EQUAL(writer_commit(writer, NULL), ASSAY_RC_STATE);
    writer_abort(writer);
    return ASSAY_RC_OK;
}

static void a_second_or_a_closed_writer_is_refused(void)
{
    struct fake fake;
    with(&fake, misuse);
    CU_ASSERT_EQUAL(fake.message->objects->len, 2);
    CU_ASSERT(fake_found(&fake, "u failed rule 1"));
    fake_end(&fake);
}

static int32_t begin_wrongly(struct task *task)
{
    struct assay_child a = about("a");
    struct writer *writer = NULL;
    a.kind = ASSAY_OBJECT_PART;
    CU_ASSERT_EQUAL(writer_begin(task, &a, &writer), ASSAY_RC_INVAL);
    a.kind = ASSAY_OBJECT_DERIVED;
    CU_ASSERT_EQUAL(writer_range(task, &a, 0, task->object->size + 1, NULL),
                    ASSAY_RC_INVAL);
    CU_ASSERT_EQUAL(writer_range(task, &a, UINT64_MAX, 2, NULL),
                    ASSAY_RC_INVAL);
    CU_ASSERT_PTR_NULL(writer);
    return ASSAY_RC_OK;
}

static void wrong_kinds_and_ranges_are_refused(void)
{
    struct fake fake;
    with(&fake, begin_wrongly);
    CU_ASSERT_EQUAL(fake.message->objects->len, 2);
    CU_ASSERT(fake_found(&fake, "u failed rule 1"));
    fake_end(&fake);
}

static int32_t begin_once(void *self, struct task *task)
{
    struct assay_child a = about("a");
    struct writer *writer;
    (void)self;
    CU_ASSERT_EQUAL(writer_begin(task, &a, &writer), ASSAY_RC_STATE);
    return ASSAY_RC_OK;
}

static void children_need_their_flag_and_stage_object(void)
{
    struct fake fake;
    fake_begin(&fake);
    fake_scanner(&fake, "noflag", begin_once)->flags = 0;
    fake_scanner(&fake, "early", begin_once)->stages =
        ASSAY_STAGE_BIT(ASSAY_STAGE_HEADERS);
    fake_scanner(&fake, "late", begin_once)->stages =
        ASSAY_STAGE_BIT(ASSAY_STAGE_MESSAGE);
    fake_run(&fake, FAKE_TEXT_MAIL);
    CU_ASSERT(fake_found(&fake, "early failed rule ; noflag failed rule 1; "
                                "late failed rule "));
    fake_end(&fake);
}

static int32_t abort_one(struct task *task)
{
    struct assay_child a = about("gone");
    struct writer *writer;
    CU_ASSERT_EQUAL(writer_begin(task, &a, &writer), ASSAY_RC_OK);
    CU_ASSERT_EQUAL(writer_write(writer, "0123456789", 10), ASSAY_RC_OK);
    writer_abort(writer);
    return fake_child(task, "kept", "ab", 2, NULL);
}

static void an_aborted_child_is_gone_but_was_paid_for(void)
{
    struct fake fake;
    with(&fake, abort_one);
    CU_ASSERT_EQUAL_FATAL(fake.message->objects->len, 3);
    CU_ASSERT_STRING_EQUAL(child(&fake, 0)->path, "1!kept");
    CU_ASSERT_EQUAL(child(&fake, 0)->size, 2);
    CU_ASSERT_EQUAL(fake.scan->bytes, 12);
    fake_end(&fake);
}

static int32_t take_range(struct task *task)
{
    struct assay_child a = about("part");
    struct object *made = NULL;
    CU_ASSERT_EQUAL(writer_range(task, &a, 1, 3, &made), ASSAY_RC_OK);
    CU_ASSERT_PTR_EQUAL(made->data, task->object->data + 1);
    CU_ASSERT_EQUAL(writer_range(task, &a, task->object->size, 0, NULL),
                    ASSAY_RC_OK);
    return ASSAY_RC_OK;
}

static void a_range_is_not_copied_but_charged(void)
{
    struct fake fake;
    with(&fake, take_range);
    CU_ASSERT_EQUAL_FATAL(fake.message->objects->len, 4);
    CU_ASSERT_NSTRING_EQUAL(child(&fake, 0)->data, "ell", 3);
    CU_ASSERT_EQUAL(child(&fake, 0)->size, 3);
    CU_ASSERT_EQUAL(child(&fake, 1)->size, 0);
    CU_ASSERT_EQUAL(fake.scan->bytes, 3);
    fake_end(&fake);
}

static int32_t name_much(struct task *task)
{
    struct assay_child a = about("");
    struct writer *writer;
    g_autofree char *name = g_strnfill(100000, 'n');
    CU_ASSERT_EQUAL(writer_begin(task, &a, &writer), ASSAY_RC_OK);
    for (int i = 0; i < 100; i++) {
        name[0] = (char)('A' + i % 50);
        CU_ASSERT_EQUAL(writer_name(writer, name, 100000, NULL), ASSAY_RC_OK);
    }
    return writer_commit(writer, NULL);
}

static void names_are_bounded_in_number_and_length(void)
{
    struct fake fake;
    with(&fake, name_much);
    const struct object *o = child(&fake, 0);
    CU_ASSERT(o->names->len >= 8 && o->names->len <= 16);
    const struct object_name *name = o->names->pdata[0];
    CU_ASSERT(name->raw_n <= 4096);
    fake_end(&fake);
}

UNIT_MAIN("writer", UNIT(what_is_written_is_what_the_child_holds),
          UNIT(all_that_is_told_about_a_child_is_kept),
          UNIT(a_second_or_a_closed_writer_is_refused),
          UNIT(wrong_kinds_and_ranges_are_refused),
          UNIT(children_need_their_flag_and_stage_object),
          UNIT(an_aborted_child_is_gone_but_was_paid_for),
          UNIT(a_range_is_not_copied_but_charged),
          UNIT(names_are_bounded_in_number_and_length))
