/* SPDX-License-Identifier: MIT */
/*
 * For the tests of marks and stamps: a mail, what is decided about it, and the edits as
 * one line of text.
 */
#ifndef TESTS_MARKING_H
#define TESTS_MARKING_H

#include "fake.h"
#include "front/marks.h"
#include "front/milter_change.h"
#include "verdict/outcome.h"

#include <CUnit/CUnit.h>

/* Everything that marks_new wants.  marking_open, marking_close. */
struct marking {
    struct fake fake;
    GBytes *raw;
    struct verdict verdict;
    struct outcome_options outcomes;
    struct outcome *outcome;
    struct marks_options options;
    struct marks *marks;
};

/* With a recipient of that action; `conf` has [actions]. */
static inline void marking_open(struct marking *marking, const char *conf_text,
                                const char *mail, uint32_t action)
{
    memset(marking, 0, sizeof *marking);
    struct conf *conf = NULL;
    GError *error = NULL;
    if (!conf_parse(conf_text, strlen(conf_text), "t.conf", "/", &conf,
                    &error) ||
        !marks_options_read(conf, &marking->options, &error) ||
        !outcome_options_read(conf, &marking->outcomes, &error)) {
        fprintf(stderr, "%s\n", error->message);
        g_assert_not_reached();
    }
    conf_free(conf);
    fake_begin(&marking->fake);
    GPtrArray *rcpts = marking->fake.session->rcpts;
    g_ptr_array_add(rcpts, g_strdup("a@x"));
    fake_run(&marking->fake, mail);
    marking->raw = g_bytes_new(mail, strlen(mail));
    marking->verdict.rcpts =
        g_array_new(false, false, sizeof(struct verdict_rcpt));
    struct verdict_rcpt one = {.rcpt = rcpts->pdata[0],
                               .action = action,
                               .scl = 3,
                               .because.kind = ASSAY_KIND_SPAM};
    g_array_append_val(marking->verdict.rcpts, one);
    marking->verdict.action = action;
    marking->verdict.scl = 3;
}

static inline struct marks *marking_decide(struct marking *marking)
{
    outcome_free(marking->outcome);
    marks_free(marking->marks);
    marking->outcome =
        outcome_new(&marking->outcomes, &marking->verdict, marking->fake.scan);
    marking->marks =
        marks_new(&marking->options, marking->raw, marking->fake.scan,
                  &marking->verdict, marking->outcome);
    return marking->marks;
}

static inline void marking_close(struct marking *marking)
{
    marks_free(marking->marks);
    outcome_free(marking->outcome);
    outcome_options_clear(&marking->outcomes);
    marks_options_clear(&marking->options);
    g_array_unref(marking->verdict.rcpts);
    g_bytes_unref(marking->raw);
    fake_end(&marking->fake);
}

/* "-X-Assay-SCL#1 ~Subject#1=[x] y +X-Assay-SCL=3 <Name@2=v -<a@x> +<b@y>", one edit
 * behind the other with "; " between; names of fields that begin with any of
 * `without` (NULL-terminated) are left out.  Yours. */
static inline char *marking_show(const struct marks *marks,
                                 const char *const *without)
{
    size_t n = 0;
    const struct milter_edit *edits = marks_edits(marks, &n);
    GString *to = g_string_new(NULL);
    for (size_t i = 0; i < n; i++) {
        const struct milter_edit *e = &edits[i];
        bool is_hidden = false;
        for (const char *const *w = without; w != NULL && *w != NULL; w++)
            is_hidden = is_hidden || (e->kind == MILTER_EDIT_ADD_HEADER &&
                                      g_str_has_prefix(e->name, *w));
        if (is_hidden)
            continue;
        if (to->len > 0)
            g_string_append(to, "; ");
        if (e->kind == MILTER_EDIT_ADD_HEADER)
            g_string_append_printf(to, "+%s=%s", e->name, e->value);
        else if (e->kind == MILTER_EDIT_DELETE_HEADER)
            g_string_append_printf(to, "-%s#%u", e->name, e->index);
        else if (e->kind == MILTER_EDIT_CHANGE_HEADER)
            g_string_append_printf(to, "~%s#%u=%s", e->name, e->index,
                                   e->value);
        else if (e->kind == MILTER_EDIT_INSERT_HEADER)
            g_string_append_printf(to, "<%s@%u=%s", e->name, e->index,
                                   e->value);
        else if (e->kind == MILTER_EDIT_ADD_RCPT)
            g_string_append_printf(to, "+<%s>", e->name);
        else if (e->kind == MILTER_EDIT_DELETE_RCPT)
            g_string_append_printf(to, "-<%s>", e->name);
        else
            g_string_append(to, "?");
    }
    return g_string_free(to, FALSE);
}

/* Does the codec take them all, with the actions that are asked for? */
static inline bool marking_is_well_made(const struct marks *marks)
{
    size_t n = 0;
    const struct milter_edit *edits = marks_edits(marks, &n);
    GError *error = NULL;
    g_autoptr(GByteArray) out = g_byte_array_new();
    if (milter_put_edits(out, edits, n, marks_actions(), &error))
        return true;
    fprintf(stderr, "%s\n", error->message);
    g_error_free(error);
    return false;
}

#endif
