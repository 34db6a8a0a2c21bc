/* SPDX-License-Identifier: MIT */
/*
 * What is said about one object.
 *
 * At most one blocking statement: its extension, else its name, its declared type,
 * its content.  Whatever else is true of it (level 2, size, macros, a name that
 * deceives) is a statement of its own.
 */
#include "look.h"

#include "ole.h"

#include <string.h>

enum {
    MAX_PARENTS = 64
};

static uint64_t number(const struct look *look, uint32_t attr)
{
    uint64_t value = 0;

    look->self->host->attr_u64(look->task, look->task->object, attr, 0, &value);
    return value;
}

static struct assay_str string(const struct look *look,
                               const struct assay_object *object, uint32_t attr)
{
    struct assay_str value = {0};

    look->self->host->attr_str(look->task, object, attr, 0, &value);
    return value;
}

static bool is_prefix(struct assay_str s, const char *prefix)
{
    size_t n = strlen(prefix);

    return s.n >= n && memcmp(s.p, prefix, n) == 0;
}

/*
 * Is the object inside an archive?  What winmail.dat holds, or a uuencoded file in
 * a text, is an attachment to every client; so is what a nested mail holds.
 */
static bool is_archived(const struct look *look)
{
    const struct assay_host *host = look->self->host;
    const struct assay_object *object = look->task->object;
    uint64_t kind = look->kind;

    for (unsigned i = 0; i < MAX_PARENTS && kind == ASSAY_OBJECT_MEMBER; i++) {
        const struct assay_object *parent;
        if (host->parent(look->task, object, &parent) != ASSAY_RC_OK)
            return true;
        struct assay_str type = string(look, parent, ASSAY_ATTR_TYPE_DETECTED);
        if (!is_prefix(type, "application/vnd.ms-tnef") &&
            !is_prefix(type, "application/ms-tnef") &&
            !is_prefix(type, "text/") && !is_prefix(type, "message/"))
            return true;
        object = parent;
        host->attr_u64(look->task, object, ASSAY_ATTR_KIND, 0, &kind);
    }
    return false;
}

void look_set_block(struct look *look, const char *name,
                    const struct rules_hit *hit)
{
    if (look->has_block)
        return;
    look->has_block = true;
    look->block_name = name;
    look->block = *hit;
}

static void check_type(struct look *look, enum rule_kind kind,
                       struct assay_str type)
{
    const struct rules *rules = &look->self->rules;
    struct rules_hit hit;

    if (type.n == 0)
        return;
    if (rules_find(rules, LEVEL_BLOCK, kind, type, &hit))
        look_set_block(
            look, kind == RULE_TYPE ? "attachment.type" : "attachment.detected",
            &hit);
    if (rules_find(rules, LEVEL_ALLOW, kind, type, &hit))
        look->is_allowed = true;
    if (!look->has_save &&
        rules_find(rules, LEVEL_SAVE, kind, type, &look->save))
        look->has_save = true;
    if (rules_find(rules, LEVEL_MACRO, kind, type, &hit))
        tell_macro_rule(look, &hit);
}

/*
 * The text of a mail is no attachment: a part without a name that says it is plain
 * text or HTML (or nothing), and whose content is text too.
 */
static bool is_body(const struct look *look, struct assay_str declared,
                    struct assay_str detected)
{
    if (look->is_named || look->kind != ASSAY_OBJECT_PART)
        return false;
    bool is_text = declared.n == 0 || is_prefix(declared, "text/plain") ||
                   is_prefix(declared, "text/html");
    bool is_seen_as_text =
        is_prefix(detected, "text/") || is_prefix(detected, "inode/x-empty");
    return is_text && is_seen_as_text;
}

static void check_types(struct look *look)
{
    const struct assay_object *object = look->task->object;
    struct assay_str declared = string(look, object, ASSAY_ATTR_TYPE_DECLARED);
    struct assay_str detected = string(look, object, ASSAY_ATTR_TYPE_DETECTED);

    if (is_body(look, declared, detected))
        return;
    check_type(look, RULE_TYPE, declared);
    check_type(look, RULE_DETECTED, detected);
}

static void check_content(const struct look *look)
{
    struct assay_str content;
    struct statement secret = {
        .name = "attachment.encrypted_archive",
        .telling = look->self->encrypted,
        .advice = ASSAY_ACTION_TAG,
        .confidence = SURE,
        .text = "the document asks for a password before it can be read"};

    if (look->file.size == 0 ||
        look->self->host->content(look->task, look->task->object, &content) !=
            ASSAY_RC_OK)
        return;
    uint32_t found = ole_look((const uint8_t *)content.p, content.n);
    if ((found & OLE_XLM) != 0)
        tell_macro(look, MACRO_FOUND, "a sheet of Excel 4.0 macros is in it");
    else if ((found & OLE_VBA) != 0)
        tell_macro(look, MACRO_FOUND, "a VBA project is in it");
    if ((found & OLE_ENCRYPTED) != 0)
        tell(look, &secret);
}

int32_t attachment_object(const struct attachment *self,
                          const struct assay_task *task)
{
    struct look look = {.self = self, .task = task};
    uint64_t direction = 0;

    look.kind = number(&look, ASSAY_ATTR_KIND);
    look.flags = number(&look, ASSAY_ATTR_FLAGS);
    if ((look.flags & ASSAY_OBJECT_DIRECTORY) != 0 ||
        look.kind == ASSAY_OBJECT_DERIVED)
        return ASSAY_RC_NOT_APPLICABLE;
    look.file.size = number(&look, ASSAY_ATTR_SIZE);
    self->host->attr_u64(task, NULL, ASSAY_ATTR_DIRECTION, 0, &direction);
    look.file.direction = (uint32_t)direction;
    look.is_archived = is_archived(&look);
    /* Content first: of two statements about macros the surer one is kept. */
    check_content(&look);
    look_at_names(&look);
    check_types(&look);
    bool is_file = look.is_named || look.kind == ASSAY_OBJECT_MEMBER ||
                   (look.flags & ASSAY_OBJECT_ATTACHMENT) != 0;
    if (look.has_block)
        tell_block(&look);
    else if (look.has_save && !look.is_allowed && !look.is_archived)
        tell_save(&look);
    if (is_file && self->max_size > 0 && look.file.size > self->max_size)
        tell_size(&look);
    return ASSAY_RC_OK;
}

/*
 * Archives with encrypted members, once for each archive: a statement may be made
 * about a parent only when the whole tree is there.
 */
int32_t attachment_message(const struct attachment *self,
                           const struct assay_task *task)
{
    const struct assay_host *host = self->host;
    const struct assay_object *object;
    const struct assay_object *told = NULL;
    struct statement statement = {
        .name = "attachment.encrypted_archive",
        .telling = self->encrypted,
        .advice = ASSAY_ACTION_TAG,
        .confidence = SURE,
        .text = "at least one file in it cannot be read without a password"};

    if (self->encrypted == TELL_OFF)
        return ASSAY_RC_OK;
    for (uint64_t id = 0; host->object_by_id(task, id, &object) == ASSAY_RC_OK;
         id++) {
        uint64_t flags = 0;
        host->attr_u64(task, object, ASSAY_ATTR_FLAGS, 0, &flags);
        if ((flags & ASSAY_OBJECT_ENCRYPTED) == 0)
            continue;
        const struct assay_object *parent = object;
        uint64_t kind = 0;
        host->attr_u64(task, object, ASSAY_ATTR_KIND, 0, &kind);
        if (kind == ASSAY_OBJECT_MEMBER)
            host->parent(task, object, &parent);
        if (parent != told)
            attachment_tell(self, task, parent, &statement);
        told = parent;
    }
    return ASSAY_RC_OK;
}
