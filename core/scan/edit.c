/* SPDX-License-Identifier: MIT */
/*
 * Proposals to change the message, checked here so that whoever carries them out
 * need not parse.
 */
#include "mail/message.h"
#include "scan/state.h"

#include <string.h>

enum {
    EDITS_MAX = 1024, /* of one run */
    FIELD_NAME_MAX = 76,
    FIELD_VALUE_MAX = 65536,
    ADDRESS_MAX = 320, /* RFC 5321 4.5.3.1: 64 + "@" + 255 */
};

/* RFC 5322 3.6.8: printable ASCII without the colon. */
static bool is_field_name(struct assay_str name)
{
    for (uint64_t i = 0; i < name.n; i++)
        if (name.p[i] <= ' ' || name.p[i] > '~' || name.p[i] == ':')
            return false;
    return name.n > 0 && name.n <= FIELD_NAME_MAX;
}

/* CR and LF only as folds: CRLF and a blank, and something after it. */
static bool is_field_value(struct assay_str value)
{
    for (uint64_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        if (c == '\0' || c == '\n')
            return false;
        if (c != '\r')
            continue;
        if (i + 3 >= value.n || value.p[i + 1] != '\n' ||
            (value.p[i + 2] != ' ' && value.p[i + 2] != '\t'))
            return false;
        i += 2;
    }
    return value.n <= FIELD_VALUE_MAX;
}

static bool is_address(struct assay_str value)
{
    for (uint64_t i = 0; i < value.n; i++)
        if ((unsigned char)value.p[i] < ' ' || value.p[i] == 0x7f)
            return false;
    return value.n <= ADDRESS_MAX;
}

bool edit_is_well_made(const struct scan *scan, const struct assay_edit *edit)
{
    const struct limits *limits = &scan->plan->limits;
    const struct object *root = scan->message->objects->pdata[0];
    switch (edit->kind) {
    case ASSAY_EDIT_HEADER_ADD:
    case ASSAY_EDIT_HEADER_INSERT:
    case ASSAY_EDIT_HEADER_CHANGE:
    case ASSAY_EDIT_HEADER_DELETE:
        return is_field_name(edit->name) && is_field_value(edit->value);
    case ASSAY_EDIT_RCPT_ADD:
    case ASSAY_EDIT_RCPT_DELETE:
        return edit->value.n > 0 && is_address(edit->value);
    case ASSAY_EDIT_SENDER:
        return is_address(edit->value); /* empty: the null sender */
    case ASSAY_EDIT_REPLACE:
        return edit->offset <= root->size &&
               edit->length <= root->size - edit->offset &&
               edit->value.n <= limits->max_object_bytes;
    default:
        return false;
    }
}

static void edit_free(void *p)
{
    struct scan_edit *edit = p;
    if (edit == NULL)
        return;
    g_free(edit->name);
    g_bytes_unref(edit->value);
    g_free(edit);
}

GPtrArray *draft_edits_new(void)
{
    return g_ptr_array_new_with_free_func(edit_free);
}

struct scan_edit *edit_new(const struct scanner *scanner,
                           const struct assay_edit *edit)
{
    struct scan_edit *copy = g_new0(struct scan_edit, 1);
    copy->plugin = scanner->name;
    copy->kind = edit->kind;
    copy->index = edit->index;
    copy->offset = edit->offset;
    copy->length = edit->length;
    copy->name = g_strndup(edit->name.p, edit->name.n);
    copy->value = g_bytes_new(edit->value.p, edit->value.n);
    return copy;
}

int32_t task_edit(struct task *task, const struct assay_edit *edit)
{
    if ((task->scanner->flags & ASSAY_FLAG_EDITS) == 0) {
        task_blame(task, "proposed an edit without ASSAY_FLAG_EDITS");
        return ASSAY_RC_STATE;
    }
    if (!edit_is_well_made(task->scan, edit)) {
        task_blame(task, "proposed an edit that is not well made");
        return ASSAY_RC_INVAL;
    }
    struct draft *draft = task->draft;
    if (draft->edits == NULL)
        draft->edits = draft_edits_new();
    if (draft->edits->len >= EDITS_MAX)
        return ASSAY_RC_LIMIT;
    g_ptr_array_add(draft->edits, edit_new(task->scanner, edit));
    return ASSAY_RC_OK;
}
