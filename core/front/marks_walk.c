/* SPDX-License-Identifier: MIT */
/*
 * One walk over the header of the message.
 */
#include "front/authserv_id.h"
#include "front/marks_list.h"
#include "front/subject_tag.h"

#include <string.h>

enum {
    SUBJECTS_MAX =
        16, /* that are tagged; programs show the first or the last */
    SEEN_MAX = 4096
};

/* What the walk needs to know. */
struct walk {
    struct marks *marks;
    const struct marks_options *options;
    const char *tag;
    bool is_hopeless; /* too much is forged */
};

void marks_watch(struct marks *marks, const char *name)
{
    char *key = g_ascii_strdown(name, -1);
    if (g_hash_table_contains(marks->counts, key))
        g_free(key);
    else
        g_hash_table_insert(marks->counts, key, g_new0(unsigned, 1));
}

/* The occurrence's number, counted now; *key is the name as it is kept. */
static unsigned count(struct marks *marks, const char *name, const char **key)
{
    gpointer kept = NULL;
    gpointer n = NULL;
    g_autofree char *lower = g_ascii_strdown(name, -1);
    marks_watch(marks, lower);
    g_hash_table_lookup_extended(marks->counts, lower, &kept, &n);
    *key = kept;
    return ++*(unsigned *)n;
}

static void tag_subject(const struct walk *walk, const struct field *field,
                        uint32_t index)
{
    if (walk->tag == NULL || index > SUBJECTS_MAX)
        return;
    char *value = subject_tag(field->value, field->value_n, walk->tag);
    if (value != NULL)
        marks_change(walk->marks, "Subject", index,
                     marks_keep(walk->marks, value));
}

/* No edit can name it otherwise, and nobody reads it: it is no field name (RFC 5322
 * 3.6.8). */
static bool is_ascii(const struct field *field)
{
    for (uint32_t i = 0; i < field->name_n; i++)
        if (field->name[i] <= ' ' || field->name[i] > '~')
            return false;
    return true;
}

static bool is_forged(const struct walk *walk, const struct field *field)
{
    return marks_is_ours(field->name, field->name_n) ||
           marks_options_removes(walk->options, field->name, field->name_n) ||
           (field_is(field, "Authentication-Results") &&
            authserv_id_may_be(field->value, field->value_n,
                               walk->options->authserv_id));
}

static void look(struct walk *walk, const struct field *field)
{
    struct marks *marks = walk->marks;
    uint32_t ordinal = marks->fields++;
    if (!is_ascii(field))
        return;
    bool is_subject = field_is(field, "Subject");
    bool is_results = field_is(field, "Authentication-Results");
    bool is_bad = is_forged(walk, field);
    if (field->name_n > MARKS_NAME_MAX) {
        walk->is_hopeless |= is_bad;
        return;
    }
    g_autofree char *name = g_strndup(field->name, field->name_n);
    g_autofree char *lower = g_ascii_strdown(name, -1);
    bool is_watched = g_hash_table_contains(marks->counts, lower);
    if (!is_bad && !is_subject && !is_results && !is_watched)
        return;
    const char *key = NULL;
    uint32_t index = count(marks, name, &key);
    marks->subjects += is_subject;
    if (is_bad) {
        walk->is_hopeless |= marks->removed++ >= MARKS_REMOVED_MAX;
        marks_delete(marks, marks_keep(marks, g_steal_pointer(&name)), index,
                     ordinal);
        return;
    }
    if (is_subject)
        tag_subject(walk, field, index);
    const struct marks_seen seen = {key, index, ordinal};
    if (marks->seen->len < SEEN_MAX)
        g_array_append_val(marks->seen, seen);
}

bool marks_walk(struct marks *marks, const struct marks_options *options,
                GBytes *raw, const char *tag)
{
    struct walk walk = {.marks = marks, .options = options, .tag = tag};
    size_t n = 0;
    const uint8_t *p = g_bytes_get_data(raw, &n);
    struct field_reader reader = {.p = p, .n = n};
    struct field field;
    enum field_line line = FIELD_LINE_JUNK;
    while (!walk.is_hopeless && line != FIELD_LINE_END &&
           line != FIELD_LINE_EOF) {
        line = field_next(&reader, &field);
        if (line == FIELD_LINE_FIELD)
            look(&walk, &field);
    }
    if (tag != NULL && marks->subjects == 0)
        marks_add(marks, "Subject", marks_keep(marks, g_strdup(tag)));
    return !walk.is_hopeless;
}
