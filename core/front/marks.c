/* SPDX-License-Identifier: MIT */
#include "front/marks.h"

#include "front/marks_list.h"
#include "front/milter_wire.h"
#include "front/report_header.h"
#include "front/stamp_header.h"
#include "mail/message.h"

/* Everything that a list is made of. */
struct making {
    const struct marks_options *options;
    struct marks_unscanned of;
    const struct scan *scan; /* NULL: it was not scanned here */
};

uint32_t marks_actions(void)
{
    return MILTER_MAY_ADD_HEADERS | MILTER_MAY_CHANGE_HEADERS |
           MILTER_MAY_ADD_RCPT | MILTER_MAY_DELETE_RCPT;
}

/* The tag that the outcome wants; junk is the stricter mark.  NULL: none. */
static const char *tag_of(const struct making *making)
{
    const struct outcome *outcome = making->of.outcome;
    const struct marks_options *options = making->options;
    const char *tag = NULL;
    if (outcome->is_junk && *options->junk_subject != '\0')
        tag = options->junk_subject;
    else if (outcome->is_tagged && *options->tag_subject != '\0')
        tag = options->tag_subject;
    return tag;
}

static void add_ours(const struct making *making, struct marks *marks)
{
    const struct marks_unscanned *of = &making->of;
    if (of->verdict != NULL) {
        struct report_scope scope;
        report_scope_of(of->verdict, of->outcome, &scope);
        marks_add(marks, "X-Assay-SCL",
                  marks_keep(marks, g_strdup_printf("%d", scope.scl)));
        marks_add(marks, "X-Assay-Report",
                  marks_keep(marks, report_header(of->verdict, &scope,
                                                  of->session, making->scan)));
    }
    if (of->outcome->is_junk)
        marks_add(marks, "X-Assay-Junk", "yes");
    if (of->outcome->is_unscanned)
        marks_add(marks, "X-Assay-Unscanned", of->outcome->unscanned_by);
}

/* Last of the header: it is of the message as all other edits leave it. */
static void add_stamp(const struct making *making, struct marks *marks)
{
    const struct marks_unscanned *of = &making->of;
    const struct stamp_options *options = making->options->stamp;
    if (options == NULL || of->verdict == NULL || of->outcome->is_unscanned ||
        !stamp_header_is_for(options, of->outcome))
        return;
    struct report_scope scope;
    report_scope_of(of->verdict, of->outcome, &scope);
    struct stamp_claim claim = {.kind = of->verdict->kind,
                                .scl = scope.scl,
                                .action = scope.action,
                                .time_s = of->scanned_s};
    size_t n = 0;
    const struct milter_edit *edits = marks_edits(marks, &n);
    char *value = stamp_header_make(options, of->raw, edits, n, &claim);
    if (value != NULL)
        marks_add(marks, "X-Assay-Stamp", marks_keep(marks, value));
}

static void edit_envelope(const struct outcome *outcome, struct marks *marks)
{
    struct milter_edit edit = {.kind = MILTER_EDIT_DELETE_RCPT};
    for (unsigned i = 0; i < outcome->held->len; i++) {
        const struct outcome_held *held = outcome->held->pdata[i];
        edit.name = held->rcpt;
        g_array_append_val(marks->edits, edit);
    }
    for (unsigned i = 0; i < outcome->redirected->len; i++) {
        const struct outcome_redirected *one = outcome->redirected->pdata[i];
        edit.name = one->rcpt;
        g_array_append_val(marks->edits, edit);
    }
    edit.kind = MILTER_EDIT_ADD_RCPT;
    for (unsigned i = 0; i < outcome->added->len; i++) {
        edit.name = outcome->added->pdata[i];
        g_array_append_val(marks->edits, edit);
    }
}

static struct marks *make(const struct making *making)
{
    struct marks *marks = marks_list_new();
    const GPtrArray *proposed =
        making->scan != NULL ? making->scan->edits : NULL;
    if (proposed != NULL)
        marks_watch_proposed(marks, proposed);
    if (!marks_walk(marks, making->options, making->of.raw, tag_of(making))) {
        marks_free(marks);
        return NULL;
    }
    if (proposed != NULL)
        marks_take_proposed(marks, proposed);
    add_ours(making, marks);
    add_stamp(making, marks);
    edit_envelope(making->of.outcome, marks);
    return marks;
}

struct marks *marks_new(const struct marks_options *options, GBytes *raw,
                        const struct scan *scan, const struct verdict *verdict,
                        const struct outcome *outcome)
{
    const struct making making = {
        .options = options,
        .of = {raw, scan->message->session, verdict, outcome, scan->now_s},
        .scan = scan,
    };
    return make(&making);
}

struct marks *marks_new_unscanned(const struct marks_options *options,
                                  const struct marks_unscanned *of)
{
    const struct making making = {.options = options, .of = *of};
    return make(&making);
}

const struct milter_edit *marks_edits(const struct marks *marks, size_t *n)
{
    *n = marks->edits->len;
    return (const struct milter_edit *)(const void *)marks->edits->data;
}

unsigned marks_refused(const struct marks *marks)
{
    return marks->refused;
}
