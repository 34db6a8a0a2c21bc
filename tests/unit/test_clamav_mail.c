/* SPDX-License-Identifier: MIT */
#include "../../plugins/clamav/database.h"
#include "../../plugins/clamav/mail.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

/* An object as the host tells it. */
struct assay_object {
    const struct assay_object *parent;
    uint64_t id;
    uint64_t kind;
    uint64_t flags;
    uint64_t depth;
    const char *encoding;
    const char *content;
};

/* The objects of the test that runs, by id. */
static const struct assay_object *tree;
static size_t tree_n;

static int32_t attr_u64(const struct assay_task *task,
                        const struct assay_object *object, uint32_t attr,
                        uint32_t index, uint64_t *out)
{
    (void)task;
    (void)index;
    *out = attr == ASSAY_ATTR_ID      ? object->id
           : attr == ASSAY_ATTR_KIND  ? object->kind
           : attr == ASSAY_ATTR_FLAGS ? object->flags
                                      : object->depth;
    return ASSAY_RC_OK;
}

static int32_t attr_str(const struct assay_task *task,
                        const struct assay_object *object, uint32_t attr,
                        uint32_t index, struct assay_str *out)
{
    (void)task;
    (void)index;
    if (attr != ASSAY_ATTR_ENCODING || object->encoding == NULL)
        return ASSAY_RC_NOTFOUND;
    out->p = object->encoding;
    out->n = strlen(object->encoding);
    return ASSAY_RC_OK;
}

static int32_t content(const struct assay_task *task,
                       const struct assay_object *object, struct assay_str *out)
{
    (void)task;
    out->p = object->content;
    out->n = strlen(object->content);
    return ASSAY_RC_OK;
}

static int32_t object_by_id(const struct assay_task *task, uint64_t id,
                            const struct assay_object **out)
{
    (void)task;
    if (id >= tree_n)
        return ASSAY_RC_NOTFOUND;
    *out = &tree[id];
    return ASSAY_RC_OK;
}

static int32_t parent(const struct assay_task *task,
                      const struct assay_object *object,
                      const struct assay_object **out)
{
    (void)task;
    if (object->parent == NULL)
        return ASSAY_RC_NOTFOUND;
    *out = object->parent;
    return ASSAY_RC_OK;
}

static const struct assay_host host = {
    .struct_size = sizeof host,
    .attr_str = attr_str,
    .attr_u64 = attr_u64,
    .content = content,
    .object_by_id = object_by_id,
    .parent = parent,
};

/* A mail with one text of that content. */
static struct mail read_text(const char *text)
{
    static struct assay_object objects[2];
    struct mail mail;
    objects[0] =
        (struct assay_object){.kind = ASSAY_OBJECT_MESSAGE, .content = "raw"};
    objects[1] = (struct assay_object){.parent = &objects[0],
                                       .id = 1,
                                       .depth = 1,
                                       .kind = ASSAY_OBJECT_PART,
                                       .flags = ASSAY_OBJECT_TEXT,
                                       .content = text};
    tree = objects;
    tree_n = 2;
    const struct assay_task task = {.object = &objects[0]};
    mail_read(&host, &task, &mail);
    return mail;
}

static void links_are_seen_and_plain_texts_have_none(void)
{
    static const char *const with[] = {"<a href=x>",   "text <A\nHREF=x>",
                                       "<a/href=x>",   "<<a >",
                                       "<form action", "<map><AREA>"};
    static const char *const without[] = {
        "no tags",     "a < b > c", "<abbr>", "<b>bold</b>", "http://a.example",
        "<address> a", "<",         "<a",     "<for",        "</a>"};
    for (size_t i = 0; i < sizeof with / sizeof with[0]; i++)
        CU_ASSERT(read_text(with[i]).has_links);
    for (size_t i = 0; i < sizeof without / sizeof without[0]; i++)
        CU_ASSERT(!read_text(without[i]).has_links);
}

static void the_parser_runs_only_for_what_is_loaded_and_there(void)
{
    struct mail plain = read_text("no tags");
    struct mail links = read_text("<a href=x>");
    CU_ASSERT(!mail_wants_parser(&links, 0));
    CU_ASSERT(!mail_wants_parser(&links, NEEDS_IMAGE_HASH | NEEDS_NAMES));
    CU_ASSERT(mail_wants_parser(&links, NEEDS_LINKS));
    CU_ASSERT(!mail_wants_parser(&plain, NEEDS_LINKS | NEEDS_NAMES));
    CU_ASSERT(mail_wants_parser(&plain, NEEDS_INSIDE));
    plain.has_attachment = true;
    CU_ASSERT(mail_wants_parser(&plain, NEEDS_NAMES));
    plain.has_attachment = false;
    plain.is_cut = true;
    CU_ASSERT(mail_wants_parser(&plain, NEEDS_LINKS));
    CU_ASSERT(!mail_wants_parser(&plain, 0));
}

static void a_part_is_known_with_or_without_the_last_line_end(void)
{
    struct mail mail = read_text("one text");
    CU_ASSERT(mail_has(&mail, "one text", 8));
    CU_ASSERT(mail_has(&mail, "one text\n", 9));
    CU_ASSERT(!mail_has(&mail, "one text\n\n", 10));
    CU_ASSERT(!mail_has(&mail, "one tex", 7));
    CU_ASSERT(!mail_has(&mail, "two text", 8));
}

static void comparisons_are_bounded(void)
{
    struct mail mail = {.part_n = MAIL_PARTS_MAX};
    for (size_t i = 0; i < mail.part_n; i++)
        mail.parts[i] = (struct mail_part){.p = "other", .n = 5};
    mail.parts[MAIL_PARTS_MAX - 1].p = "wante";
    CU_ASSERT(!mail_has(&mail, "wante", 5));
    mail.next = MAIL_PARTS_MAX - 2;
    CU_ASSERT(mail_has(&mail, "wante", 5));
}

static void more_parts_than_are_looked_up_run_the_parser(void)
{
    static struct assay_object objects[MAIL_PARTS_MAX + 2];
    struct mail mail;
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++)
        objects[i] = (struct assay_object){
            .id = i, .depth = i == 0 ? 0 : 1, .content = "x"};
    tree = objects;
    tree_n = sizeof objects / sizeof objects[0];
    const struct assay_task task = {.object = &objects[0]};
    mail_read(&host, &task, &mail);
    CU_ASSERT(mail.is_cut);
    CU_ASSERT_EQUAL(mail.part_n, MAIL_PARTS_MAX);
}

static void a_forwarded_mail_knows_where_it_lies(void)
{
    static struct assay_object objects[8];
    for (size_t i = 0; i < 8; i++)
        objects[i] =
            (struct assay_object){.parent = i == 0 ? NULL : &objects[i - 1],
                                  .id = i,
                                  .depth = i,
                                  .kind = ASSAY_OBJECT_MESSAGE,
                                  .content = "raw"};
    tree = objects;
    tree_n = 8;
    struct assay_task task = {.object = &objects[0]};
    CU_ASSERT(!mail_place(&host, &task).is_plain);
    CU_ASSERT_EQUAL(mail_place(&host, &task).forwards, 0);
    task.object = &objects[2];
    CU_ASSERT(mail_place(&host, &task).is_plain);
    CU_ASSERT_EQUAL(mail_place(&host, &task).forwards, 2);
    objects[2].encoding = "8bit";
    CU_ASSERT(mail_place(&host, &task).is_plain);
    objects[2].encoding = "BASE64";
    CU_ASSERT(!mail_place(&host, &task).is_plain);
    objects[2].encoding = NULL;
    objects[2].kind = ASSAY_OBJECT_MEMBER;
    CU_ASSERT(!mail_place(&host, &task).is_plain);
    task.object = &objects[7];
    CU_ASSERT(mail_place(&host, &task).forwards >= MAIL_FORWARDS_MAX);
}

UNIT_MAIN("clamav mails", UNIT(links_are_seen_and_plain_texts_have_none),
          UNIT(the_parser_runs_only_for_what_is_loaded_and_there),
          UNIT(a_part_is_known_with_or_without_the_last_line_end),
          UNIT(comparisons_are_bounded),
          UNIT(more_parts_than_are_looked_up_run_the_parser),
          UNIT(a_forwarded_mail_knows_where_it_lies))
