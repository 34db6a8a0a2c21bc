/* SPDX-License-Identifier: MIT */
#include "front/milter_edit.h"

#include "base/error.h"
#include "front/milter_change.h"
#include "front/milter_wire.h"

uint32_t milter_edit_action(const struct milter_edit *edit)
{
    switch (edit->kind) {
    case MILTER_EDIT_ADD_HEADER:
    case MILTER_EDIT_INSERT_HEADER:
        return MILTER_MAY_ADD_HEADERS;
    case MILTER_EDIT_CHANGE_HEADER:
    case MILTER_EDIT_DELETE_HEADER:
        return MILTER_MAY_CHANGE_HEADERS;
    case MILTER_EDIT_ADD_RCPT:
        return edit->value != NULL ? MILTER_MAY_ADD_RCPT_ARGS
                                   : MILTER_MAY_ADD_RCPT;
    case MILTER_EDIT_DELETE_RCPT:
        return MILTER_MAY_DELETE_RCPT;
    case MILTER_EDIT_CHANGE_FROM:
        return MILTER_MAY_CHANGE_FROM;
    case MILTER_EDIT_QUARANTINE:
        return MILTER_MAY_QUARANTINE;
    case MILTER_EDIT_BODY:
        return MILTER_MAY_CHANGE_BODY;
    }
    g_assert_not_reached();
}

static unsigned rank(const struct milter_edit *edit)
{
    switch (edit->kind) {
    case MILTER_EDIT_CHANGE_HEADER:
    case MILTER_EDIT_DELETE_HEADER:
        return 0;
    case MILTER_EDIT_INSERT_HEADER:
        return 1;
    case MILTER_EDIT_ADD_HEADER:
        return 2;
    case MILTER_EDIT_CHANGE_FROM:
    case MILTER_EDIT_ADD_RCPT:
    case MILTER_EDIT_DELETE_RCPT:
        return 3;
    case MILTER_EDIT_QUARANTINE:
        return 4;
    case MILTER_EDIT_BODY:
        return 5;
    }
    g_assert_not_reached();
}

static int compare(gconstpointer x, gconstpointer y)
{
    const struct milter_edit *a = *(const struct milter_edit *const *)x;
    const struct milter_edit *b = *(const struct milter_edit *const *)y;
    unsigned ranks[] = {rank(a), rank(b)};
    if (ranks[0] != ranks[1])
        return ranks[0] < ranks[1] ? -1 : 1;
    if (ranks[0] == 0) {
        int by_name = g_ascii_strcasecmp(a->name, b->name);
        if (by_name != 0)
            return by_name;
    }
    if (ranks[0] <= 1 && a->index != b->index)
        return a->index > b->index ? -1 : 1;
    /* Both are of one array: their places are the list's order. */
    bool is_before = a < b;
    if (ranks[0] == 1)
        is_before = !is_before;
    return is_before ? -1 : 1;
}

static bool put(GByteArray *out, const struct milter_edit *edit, GError **error)
{
    switch (edit->kind) {
    case MILTER_EDIT_ADD_HEADER:
        return milter_put_add_header(out, edit->name, edit->value, error);
    case MILTER_EDIT_INSERT_HEADER:
        return milter_put_insert_header(out, edit->index, edit->name,
                                        edit->value, error);
    case MILTER_EDIT_CHANGE_HEADER:
        return milter_put_change_header(out, edit->index, edit->name,
                                        edit->value, error);
    case MILTER_EDIT_DELETE_HEADER:
        return milter_put_delete_header(out, edit->index, edit->name, error);
    case MILTER_EDIT_ADD_RCPT:
        return milter_put_add_rcpt(out, edit->name, edit->value, error);
    case MILTER_EDIT_DELETE_RCPT:
        return milter_put_delete_rcpt(out, edit->name, error);
    case MILTER_EDIT_CHANGE_FROM:
        return milter_put_change_from(out, edit->name, edit->value, error);
    case MILTER_EDIT_QUARANTINE:
        return milter_put_quarantine(out, edit->value, error);
    case MILTER_EDIT_BODY: {
        size_t size = 0;
        const uint8_t *p = g_bytes_get_data(edit->body, &size);
        milter_put_body(out, p, size);
        return true;
    }
    }
    g_assert_not_reached();
}

static bool is_again(const struct milter_edit *edit,
                     const struct milter_edit *before)
{
    unsigned ranks[] = {rank(edit), rank(before)};
    if (ranks[0] != ranks[1])
        return false;
    return ranks[0] == 5 || (ranks[0] == 0 && edit->index == before->index &&
                             g_ascii_strcasecmp(edit->name, before->name) == 0);
}

static bool may_put(const struct milter_edit *edit,
                    const struct milter_edit *before, uint32_t actions,
                    GError **error)
{
    uint32_t needed = milter_edit_action(edit);
    if ((needed & actions) != needed) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_DATA,
                    "an edit needs action 0x%x: 0x%x are agreed on", needed,
                    actions);
        return false;
    }
    if (before != NULL && is_again(edit, before)) {
        g_set_error_literal(error, BASE_ERROR, BASE_ERROR_DATA,
                            "two edits of one header, or two bodies");
        return false;
    }
    return true;
}

bool milter_put_edits(GByteArray *out, const struct milter_edit *edits,
                      size_t n, uint32_t actions, GError **error)
{
    unsigned start = out->len;
    g_autoptr(GArray) order =
        g_array_new(FALSE, FALSE, sizeof(const struct milter_edit *));
    for (size_t i = 0; i < n; i++) {
        const struct milter_edit *edit = &edits[i];
        g_array_append_val(order, edit);
    }
    g_array_sort(order, compare);
    const struct milter_edit *before = NULL;
    for (unsigned i = 0; i < order->len; i++) {
        const struct milter_edit *edit =
            g_array_index(order, const struct milter_edit *, i);
        if (!may_put(edit, before, actions, error) || !put(out, edit, error)) {
            g_byte_array_set_size(out, start);
            return false;
        }
        before = edit;
    }
    return true;
}
