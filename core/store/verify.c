/* SPDX-License-Identifier: MIT */
/*
 * Mending what a death between two steps has left.
 *
 *     left behind                          done
 *     ID.mail.new, ID.state.new            removed: nobody was told of it
 *     ID.mail, no row                      row added: somebody may have been told
 *     row "deleting"                       deletion finished
 *     row, no ID.mail                      row told as lost
 *     ID.state, no ID.mail                 removed
 *     ID.state RELEASING, nobody is at it  held, or unknown (store/state.h)
 *     row says another state than ID.state row mended
 *
 * The lock is held for one sub-folder's names and for one message's repair, never while
 * contents are read.
 */
#include "base/clock.h"
#include "base/error.h"
#include "store/inside.h"
#include "store/query.h"

#include <string.h>
#include <unistd.h>

/* One pass.  Lives on the stack. */
struct verify {
    struct quarantine *q;
    bool is_thorough;
    struct quarantine_report report;
    unsigned fan;
    GPtrArray *mails;  /* char *: ids of this sub-folder */
    GPtrArray *states; /* char *: ids that have a state */
    GPtrArray *fresh;  /* char *: names of half-written files */
};

void quarantine_report_clear(struct quarantine_report *report)
{
    g_clear_pointer(&report->problems, g_ptr_array_unref);
    *report = (struct quarantine_report){0};
}

static void problem(struct verify *v, char *text)
{
    g_ptr_array_add(v->report.problems, text);
}

static void problem_error(struct verify *v, GError *error)
{
    problem(v, g_strdup(error->message));
    g_error_free(error);
}

static void visit(void *self, const char *name, const char *id,
                  const char *suffix)
{
    struct verify *v = self;
    if (id != NULL && strcmp(suffix, PLACE_MAIL) == 0)
        g_ptr_array_add(v->mails, g_strdup(id));
    else if (id != NULL && strcmp(suffix, PLACE_STATE) == 0)
        g_ptr_array_add(v->states, g_strdup(id));
    else if (id != NULL && (strcmp(suffix, PLACE_MAIL PLACE_NEW) == 0 ||
                            strcmp(suffix, PLACE_STATE PLACE_NEW) == 0))
        g_ptr_array_add(v->fresh, g_strdup(name));
    else
        problem(v, g_strdup_printf("%s/%02x/%s: it is not of the quarantine",
                                   v->q->place.folder, v->fan, name));
}

/* Names of one sub-folder; under the lock a half-written file is nobody's. */
static bool list(struct verify *v, GError **error)
{
    g_ptr_array_set_size(v->mails, 0);
    g_ptr_array_set_size(v->states, 0);
    g_ptr_array_set_size(v->fresh, 0);
    if (!place_walk(&v->q->place, v->fan, visit, v, error))
        return false;
    for (unsigned i = 0; i < v->fresh->len; i++) {
        if (!place_remove_name(&v->q->place, v->fan, v->fresh->pdata[i], error))
            return false;
        v->report.temporary++;
    }
    return true;
}

static bool is_there(struct verify *v, const char *id)
{
    int fd = place_open_file(&v->q->place, id, PLACE_MAIL);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

/* A release that nobody is at any more. */
static bool recover(struct verify *v, const char *id, struct state *state,
                    GError **error)
{
    bool is_busy = false;
    if (state->now != STATE_RELEASING)
        return true;
    int held = inside_hold(v->q, id, &is_busy);
    if (is_busy)
        return true;
    state_recover(state, clock_unix_s());
    bool is_written = state_write(&v->q->place, id, state, error);
    if (held >= 0)
        close(held);
    v->report.interrupted += is_written && state->now == STATE_HELD;
    v->report.unknown += is_written && state->now == STATE_UNKNOWN;
    return is_written;
}

/* What the row says must be what the files say. */
static bool mend_row(struct verify *v, struct row *row, GError **error)
{
    struct index *index = &v->q->index;
    const char *id = row->kept.id;
    struct row old = {0};
    bool is_known = false;
    if (!index_find(index, id, &is_known, &old, error))
        return false;
    enum state_now was = old.now;
    bool is_same =
        is_known && was == row->now && g_strcmp0(old.answer, row->answer) == 0;
    row_clear(&old);
    if (is_known && was == STATE_DELETING) {
        v->report.deleted++;
        return inside_delete(v->q, id, error);
    }
    if (is_same)
        return true;
    v->report.added += !is_known;
    v->report.states += is_known;
    return index_put(index, row, error);
}

static bool mend_mail(struct verify *v, const char *id, GError **error)
{
    struct row row = {0};
    GError *why = NULL;
    if (!is_there(v, id)) /* deleted meanwhile */
        return true;
    if (!inside_row(v->q, id, &row, &why)) {
        v->report.damaged++;
        problem_error(v, why);
        return true;
    }
    bool is_mended = recover(v, id, &row.state, error);
    if (is_mended) {
        row.now = row.state.now;
        g_free(row.answer);
        row.answer = g_strdup(state_answer(&row.state));
        is_mended = mend_row(v, &row, error);
    }
    row_clear(&row);
    return is_mended;
}

/* Is every byte as it was written?  What was not is told by mend_mail, or here. */
static void check_content(struct verify *v, const char *id)
{
    const struct inside_wanted about = {SEALED_META, NULL, NULL};
    const struct inside_wanted all = {SEALED_CHECK, NULL, NULL};
    GError *why = NULL;
    if (!v->is_thorough || !is_there(v, id) ||
        !inside_read(v->q, id, &about, NULL) ||
        inside_read(v->q, id, &all, &why))
        return;
    v->report.damaged++;
    problem_error(v, why);
}

static bool mend_state(struct verify *v, const char *id, GError **error)
{
    if (is_there(v, id))
        return true;
    return place_remove(&v->q->place, id, PLACE_STATE, error);
}

typedef bool (*mend_fn)(struct verify *v, const char *id, GError **error);

static bool locked(struct verify *v, mend_fn mend, const char *id,
                   GError **error)
{
    if (!inside_begin(v->q, error))
        return false;
    bool is_mended = mend(v, id, error);
    inside_end(v->q);
    return is_mended;
}

static bool list_names(struct verify *v, const char *id, GError **error)
{
    (void)id;
    return list(v, error);
}

static bool mend_files(struct verify *v, GError **error)
{
    for (v->fan = 0; v->fan < PLACE_FANS; v->fan++) {
        if (!place_has_fan(&v->q->place, v->fan))
            continue;
        if (!locked(v, list_names, NULL, error))
            return false;
        v->report.files += v->mails->len;
        for (unsigned i = 0; i < v->mails->len; i++) {
            check_content(v, v->mails->pdata[i]);
            if (!locked(v, mend_mail, v->mails->pdata[i], error))
                return false;
        }
        for (unsigned i = 0; i < v->states->len; i++)
            if (!locked(v, mend_state, v->states->pdata[i], error))
                return false;
    }
    return true;
}

static bool mend_lost(struct verify *v, const char *id, GError **error)
{
    struct row row = {0};
    bool is_known = false;
    bool is_mended = true;
    if (is_there(v, id))
        return true;
    if (!index_find(&v->q->index, id, &is_known, &row, error))
        return false;
    if (is_known && row.now == STATE_DELETING) {
        v->report.deleted++;
        is_mended = inside_delete(v->q, id, error);
    } else if (is_known) {
        g_autofree char *path = place_path(&v->q->place, id, PLACE_MAIL);
        v->report.lost++;
        problem(
            v, g_strdup_printf("%s: the index knows it, but it is gone", path));
        if (row.now != STATE_LOST)
            is_mended = index_set_state(&v->q->index, id, STATE_LOST,
                                        &row.state, error);
    }
    row_clear(&row);
    return is_mended;
}

static bool mend_rows(struct verify *v, GError **error)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    struct query query;
    query_begin(&query, v->q->index.db, "SELECT id FROM mail");
    while (query_step(&query))
        g_ptr_array_add(ids, query_text_at(&query, 0));
    if (!query_end(&query, error))
        return false;
    for (unsigned i = 0; i < ids->len; i++)
        if (kept_id_is_good(ids->pdata[i]) &&
            !locked(v, mend_lost, ids->pdata[i], error))
            return false;
    return true;
}

static bool run(struct verify *v, GError **error)
{
    v->report.problems = g_ptr_array_new_with_free_func(g_free);
    v->mails = g_ptr_array_new_with_free_func(g_free);
    v->states = g_ptr_array_new_with_free_func(g_free);
    v->fresh = g_ptr_array_new_with_free_func(g_free);
    bool is_done = mend_files(v, error) && mend_rows(v, error);
    g_ptr_array_unref(v->mails);
    g_ptr_array_unref(v->states);
    g_ptr_array_unref(v->fresh);
    return is_done;
}

bool quarantine_verify(struct quarantine *q, bool is_thorough,
                       struct quarantine_report *out, GError **error)
{
    struct verify v = {.q = q, .is_thorough = is_thorough};
    if (!run(&v, error)) {
        quarantine_report_clear(&v.report);
        return false;
    }
    *out = v.report;
    return true;
}

bool inside_fill_index(struct quarantine *q, GError **error)
{
    struct quarantine_report report = {0};
    if (!quarantine_verify(q, false, &report, error))
        return false;
    if (report.damaged > 0)
        inside_note_trouble(q, report.problems->pdata[0]);
    quarantine_report_clear(&report);
    return true;
}
