/* SPDX-License-Identifier: MIT */
/*
 * A hostile header and a hostile plugin.  Whatever they say: the codec takes all edits,
 * each X-Assay field of the message is deleted exactly once, no edit of a plugin is about
 * one, and what is written in our name is only ours.
 *
 * Input: a byte (1: tag, 2: junk, 4: stamp), a byte (proposals, at most 15), then for each
 * a kind, an index, the sizes of name and value (a byte each) and both; then the message.
 */
#include "front/marks.h"
#include "front/milter_edit.h"
#include "front/stamp_header.h"
#include "front/stamp_key.h"
#include "mail/field.h"
#include "mail/message.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

/* The input while it is read. */
struct input {
    const uint8_t *p;
    size_t n;
};

static unsigned take_byte(struct input *input)
{
    if (input->n == 0)
        return 0;
    input->n--;
    return *input->p++;
}

static const char *take_bytes(struct input *input, size_t *n)
{
    size_t wanted = take_byte(input);
    *n = MIN(wanted, input->n);
    const char *p = (const char *)input->p;
    input->p += *n;
    input->n -= *n;
    return p;
}

static void edit_free(void *p)
{
    struct scan_edit *edit = p;
    g_free(edit->name);
    g_bytes_unref(edit->value);
    g_free(edit);
}

static GPtrArray *take_edits(struct input *input)
{
    GPtrArray *edits = g_ptr_array_new_with_free_func(edit_free);
    for (unsigned left = take_byte(input) % 16; left > 0; left--) {
        struct scan_edit *edit = g_new0(struct scan_edit, 1);
        size_t n = 0;
        edit->plugin = "p";
        edit->kind = take_byte(input) % 10;
        edit->index = take_byte(input);
        const char *p = take_bytes(input, &n);
        edit->name = g_strndup(p, n);
        p = take_bytes(input, &n);
        edit->value = g_bytes_new(p, n);
        g_ptr_array_add(edits, edit);
    }
    return edits;
}

static struct stamp_options *stamp(void)
{
    static struct stamp_options made;
    if (made.keys != NULL)
        return &made;
    struct stamp_key *key = g_new0(struct stamp_key, 1);
    g_strlcpy(key->id, "k", sizeof key->id);
    key->n = 32;
    made.keys = g_ptr_array_new_with_free_func(stamp_key_free);
    g_ptr_array_add(made.keys, key);
    made.rcpts = g_ptr_array_new();
    g_ptr_array_add(made.rcpts, "*");
    made.host = g_strdup("fuzz");
    made.versions = g_strdup("fuzz/1");
    return &made;
}

static bool is_ours(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] <= ' ' || p[i] > '~')
            return false;
    return n >= 8 && g_ascii_strncasecmp(p, "X-Assay-", 8) == 0;
}

static size_t count_forged(GBytes *raw)
{
    size_t n = 0;
    const uint8_t *p = g_bytes_get_data(raw, &n);
    struct field_reader reader = {.p = p, .n = n};
    struct field field;
    enum field_line line = FIELD_LINE_JUNK;
    size_t forged = 0;
    while (line != FIELD_LINE_END && line != FIELD_LINE_EOF) {
        line = field_next(&reader, &field);
        forged += line == FIELD_LINE_FIELD && is_ours(field.name, field.name_n);
    }
    return forged;
}

static void check(const struct marks *marks, GBytes *raw)
{
    size_t n = 0;
    const struct milter_edit *edits = marks_edits(marks, &n);
    g_autoptr(GByteArray) out = g_byte_array_new();
    GError *error = NULL;
    size_t deleted = 0;
    unsigned added = 0;
    require(milter_put_edits(out, edits, n, marks_actions(), &error));
    for (size_t i = 0; i < n; i++) {
        if (edits[i].name == NULL ||
            !is_ours(edits[i].name, strlen(edits[i].name)))
            continue;
        require(edits[i].kind == MILTER_EDIT_DELETE_HEADER ||
                edits[i].kind == MILTER_EDIT_ADD_HEADER);
        deleted += edits[i].kind == MILTER_EDIT_DELETE_HEADER;
        added += edits[i].kind == MILTER_EDIT_ADD_HEADER;
    }
    require(deleted == count_forged(raw));
    require(added >= 2 && added <= 4);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    unsigned how = take_byte(&input);
    struct session *session = session_new();
    g_ptr_array_add(session->rcpts, g_strdup("a@x"));
    struct message message = {.session = session};
    struct scan scan = {.message = &message,
                        .findings = g_ptr_array_new(),
                        .edits = take_edits(&input)};
    GBytes *raw = g_bytes_new(input.p, input.n);
    struct marks_options options;
    struct outcome_options outcomes;
    require(marks_options_read(NULL, &options, NULL));
    outcome_options_default(&outcomes);
    options.stamp = (how & 4) != 0 ? stamp() : NULL;
    const struct verdict_told told = {
        .action = (how & 2) != 0   ? ASSAY_ACTION_JUNK
                  : (how & 1) != 0 ? ASSAY_ACTION_TAG
                                   : ASSAY_ACTION_ACCEPT,
        .line = "fuzz"};
    struct verdict *verdict = verdict_new_told(&told, session);
    struct outcome *outcome = outcome_new(&outcomes, verdict, &scan);
    struct marks *marks = marks_new(&options, raw, &scan, verdict, outcome);
    if (marks != NULL)
        check(marks, raw);
    marks_free(marks);
    outcome_free(outcome);
    verdict_free(verdict);
    outcome_options_clear(&outcomes);
    marks_options_clear(&options);
    g_bytes_unref(raw);
    g_ptr_array_unref(scan.findings);
    g_ptr_array_unref(scan.edits);
    session_free(session);
    return 0;
}
