/* SPDX-License-Identifier: MIT */
/*
 * What plugins have proposed.  They may come from a worker that was taken over: nothing
 * is believed of them.
 */
#include "front/marks_list.h"

#include <assay/plugin.h>

#include <string.h>

/* May a plugin touch fields of that name? */
static bool is_open(const char *name)
{
    size_t n = strlen(name);
    for (const char *p = name; *p != '\0'; p++)
        if (*p <= ' ' || *p > '~' || *p == ':')
            return false;
    return n > 0 && n <= MARKS_NAME_MAX && !marks_is_ours(name, n);
}

static bool is_about_header(const struct scan_edit *edit)
{
    return (edit->kind == ASSAY_EDIT_HEADER_ADD ||
            edit->kind == ASSAY_EDIT_HEADER_INSERT ||
            edit->kind == ASSAY_EDIT_HEADER_CHANGE ||
            edit->kind == ASSAY_EDIT_HEADER_DELETE) &&
           edit->name != NULL && is_open(edit->name);
}

void marks_watch_proposed(struct marks *marks, const GPtrArray *edits)
{
    for (unsigned i = 0; i < edits->len && i < MARKS_PROPOSED_MAX; i++) {
        const struct scan_edit *edit = edits->pdata[i];
        if (is_about_header(edit) && edit->kind != ASSAY_EDIT_HEADER_ADD &&
            edit->kind != ASSAY_EDIT_HEADER_INSERT)
            marks_watch(marks, edit->name);
    }
}

/* The value as a text of the list; NULL: a line in it could be a field of its own. */
static const char *value_of(struct marks *marks, const struct scan_edit *edit)
{
    gsize n = 0;
    const char *p =
        edit->value != NULL ? g_bytes_get_data(edit->value, &n) : NULL;
    if (n > MARKS_PROPOSED_SIZE)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        bool is_fold = i + 2 < n && p[i] == '\r' && p[i + 1] == '\n' &&
                       (p[i + 2] == ' ' || p[i + 2] == '\t');
        if (is_fold)
            i += 2;
        else if (p[i] == '\0' || p[i] == '\r' || p[i] == '\n')
            return NULL;
    }
    return marks_keep(marks, g_strndup(n > 0 ? p : "", n));
}

/* The occurrence (from 0) of that name; NULL: it is not there. */
static const struct marks_seen *find(const struct marks *marks,
                                     const char *name, uint32_t index)
{
    for (unsigned i = 0; i < marks->seen->len; i++) {
        const struct marks_seen *seen =
            &g_array_index(marks->seen, struct marks_seen, i);
        if (seen->index - 1 == index &&
            g_ascii_strcasecmp(seen->name, name) == 0)
            return seen;
    }
    return NULL;
}

static bool take_one(struct marks *marks, const struct scan_edit *edit)
{
    const char *value = value_of(marks, edit);
    if (value == NULL)
        return false;
    const char *name = marks_keep(marks, g_strdup(edit->name));
    if (edit->kind == ASSAY_EDIT_HEADER_ADD) {
        marks_add(marks, name, value);
        return true;
    }
    if (edit->kind == ASSAY_EDIT_HEADER_INSERT) {
        const struct milter_edit insert = {.kind = MILTER_EDIT_INSERT_HEADER,
                                           .index = edit->index,
                                           .name = name,
                                           .value = value};
        g_array_append_val(marks->edits, insert);
        return true;
    }
    const struct marks_seen *seen = find(marks, name, edit->index);
    if (seen == NULL)
        return false;
    /* An MTA takes a change to nothing for a delete. */
    if (edit->kind == ASSAY_EDIT_HEADER_DELETE || *value == '\0')
        return marks_delete(marks, name, seen->index, seen->ordinal);
    return marks_change(marks, name, seen->index, value);
}

/* Plugins count the message's fields from 0.  For the MTA its own Received is 0, and
 * fields that have been deleted do not count any more. */
static void place_inserts(struct marks *marks)
{
    for (unsigned i = 0; i < marks->edits->len; i++) {
        struct milter_edit *edit =
            &g_array_index(marks->edits, struct milter_edit, i);
        if (edit->kind != MILTER_EDIT_INSERT_HEADER)
            continue;
        uint32_t before = MIN(edit->index, marks->fields);
        uint32_t gone = 0;
        for (unsigned j = 0; j < marks->gone->len; j++)
            gone += g_array_index(marks->gone, uint32_t, j) < before;
        edit->index = before - gone + 1;
    }
}

void marks_take_proposed(struct marks *marks, const GPtrArray *edits)
{
    unsigned taken = 0;
    for (unsigned i = 0; i < edits->len; i++) {
        const struct scan_edit *edit = edits->pdata[i];
        if (i < MARKS_PROPOSED_MAX && is_about_header(edit) &&
            take_one(marks, edit))
            taken++;
    }
    marks->refused = edits->len - taken;
    place_inserts(marks);
}
