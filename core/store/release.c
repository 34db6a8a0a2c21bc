/* SPDX-License-Identifier: MIT */
#include "store/release.h"

#include "base/error.h"
#include "store/courier.h"
#include "store/exemption.h"
#include "store/inside.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* One release.  Lives on the stack. */
struct release {
    struct quarantine *q;
    const char *id;
    const struct release_how *how;
    struct kept kept;
    GBytes *raw;
    struct state state;
    GPtrArray *rcpts; /* struct courier_rcpt: those it is sent to now */
    GArray *places;   /* unsigned: where they are in state.rcpts */
    char *field;
    int held; /* descriptor that keeps others away */
};

static void rcpt_free(void *p)
{
    struct courier_rcpt *rcpt = p;
    g_free(rcpt->answer);
    g_free(rcpt);
}

static void clear(struct release *r)
{
    kept_clear(&r->kept);
    state_clear(&r->state);
    if (r->raw != NULL)
        g_bytes_unref(r->raw);
    if (r->rcpts != NULL)
        g_ptr_array_unref(r->rcpts);
    if (r->places != NULL)
        g_array_unref(r->places);
    if (r->held >= 0)
        close(r->held);
    g_free(r->field);
}

/* On the disk, then in the index, where it is only repeated. [begun] */
static bool record(struct release *r, GError **error)
{
    return state_write(&r->q->place, r->id, &r->state, error) &&
           index_set_state(&r->q->index, r->id, r->state.now, &r->state, error);
}

static void step(struct release *r, enum state_now now, const char *text)
{
    g_autofree char *copy = g_strdup(text);
    const struct state_step one = {
        .time_s = r->how->now_s,
        .uid = r->how->uid,
        .is_again = r->how->is_again,
        .is_anyway = r->how->is_anyway,
        .now = now,
        .text = copy,
    };
    state_add_step(&r->state, &one);
}

/* Message and state, with others kept away. [begun] */
static bool take(struct release *r, GError **error)
{
    struct sealed sealed = {0};
    const struct inside_wanted wanted = {SEALED_ALL, &sealed, &r->kept};
    bool is_busy = false;
    r->held = inside_hold(r->q, r->id, &is_busy);
    if (is_busy) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                    "%s is being released by another process", r->id);
        return false;
    }
    if (!inside_read(r->q, r->id, &wanted, error))
        return false;
    r->raw = g_bytes_ref(sealed.raw);
    sealed_clear(&sealed);
    if (!state_read(&r->q->place, r->id, r->kept.session->rcpts->len, &r->state,
                    error))
        return false;
    return !state_recover(&r->state, r->how->now_s) || record(r, error);
}

/* Those who have it are not sent it again, unless it is asked for and all have. */
static void choose(struct release *r)
{
    bool is_for_all = r->state.now == STATE_RELEASED;
    r->rcpts = g_ptr_array_new_with_free_func(rcpt_free);
    r->places = g_array_new(FALSE, FALSE, sizeof(unsigned));
    for (unsigned i = 0; i < r->state.rcpts->len; i++) {
        const struct state_rcpt *rcpt = r->state.rcpts->pdata[i];
        if (rcpt->now == STATE_RCPT_ACCEPTED && !is_for_all)
            continue;
        struct courier_rcpt *to = g_new0(struct courier_rcpt, 1);
        to->address = r->kept.session->rcpts->pdata[i];
        g_ptr_array_add(r->rcpts, to);
        g_array_append_val(r->places, i);
    }
}

/* What the courier has come to, into the state. */
static void take_answers(struct release *r)
{
    for (unsigned i = 0; i < r->rcpts->len; i++) {
        const struct courier_rcpt *from = r->rcpts->pdata[i];
        struct state_rcpt *to =
            r->state.rcpts->pdata[g_array_index(r->places, unsigned, i)];
        to->now = from->now;
        g_free(to->answer);
        to->answer = g_strdup(from->answer);
    }
}

static bool commit(void *self, GError **error)
{
    struct release *r = self;
    take_answers(r);
    r->state.is_committing = true;
    if (!inside_begin(r->q, error))
        return false;
    bool is_written = state_write(&r->q->place, r->id, &r->state, error);
    inside_end(r->q);
    return is_written;
}

static enum state_now judge(const struct state *state)
{
    enum state_now now = STATE_RELEASED;
    for (unsigned i = 0; i < state->rcpts->len; i++) {
        const struct state_rcpt *rcpt = state->rcpts->pdata[i];
        if (rcpt->now == STATE_RCPT_UNKNOWN)
            return STATE_UNKNOWN;
        if (rcpt->now != STATE_RCPT_ACCEPTED)
            now = STATE_REFUSED;
    }
    return now;
}

/* [begun] */
static bool announce(struct release *r, GError **error)
{
    const struct exemption_grant grant = {
        .id = r->id,
        .raw = r->raw,
        .kind = r->how->findings != NULL ? r->how->kind : r->kept.kind,
        .findings =
            r->how->findings != NULL ? r->how->findings : r->kept.findings,
        .is_anyway = r->how->is_anyway,
        .now_s = r->how->now_s,
    };
    choose(r);
    step(r, STATE_RELEASING, "");
    return exemption_grant(r->q, &grant, &r->field, error) && record(r, error);
}

/* The last word; where it cannot be written the file says what is known. */
static bool conclude(struct release *r, enum state_now now, const char *text,
                     GError **error)
{
    r->state.is_committing = false;
    step(r, now, text);
    if (!inside_begin(r->q, error))
        return false;
    bool is_recorded = record(r, error);
    inside_end(r->q);
    return is_recorded;
}

static bool send_out(struct release *r, GError **error)
{
    struct courier_job job = {
        .options = &r->q->options,
        .sender = r->kept.session->mail_from != NULL
                      ? r->kept.session->mail_from
                      : "",
        .rcpts = r->rcpts,
        .field = r->field,
        .raw = r->raw,
        .commit = commit,
        .self = r,
    };
    g_autofree char *answer = NULL;
    GError *why = NULL;
    bool is_sent = courier_send(&job, &answer, &why);
    take_answers(r);
    if (is_sent)
        return conclude(r, judge(&r->state), answer, error);
    conclude(r, STATE_HELD, why->message, NULL);
    g_propagate_error(error, why);
    return false;
}

/* Is there nothing to be done, or nothing that may be? [begun] */
static bool is_settled(struct release *r, struct release_told *told,
                       GError **error)
{
    if (r->how->is_again)
        return false;
    if (r->state.now == STATE_RELEASED)
        told->end = RELEASE_ALREADY;
    else if (r->state.now == STATE_UNKNOWN)
        told->end = RELEASE_UNKNOWN;
    else
        return false;
    told->was_unknown = r->state.now == STATE_UNKNOWN;
    return exemption_was_taken(r->q, r->id, &told->was_asked, error);
}

static enum release_end end_of(const struct state *state)
{
    return state->now == STATE_RELEASED  ? RELEASE_DONE
           : state->now == STATE_UNKNOWN ? RELEASE_UNKNOWN
                                         : RELEASE_REFUSED;
}

static bool run(struct release *r, struct release_told *told, GError **error)
{
    GError *why = NULL;
    if (!inside_begin(r->q, error))
        return false;
    bool is_good = take(r, &why);
    bool is_over = is_good && is_settled(r, told, &why);
    is_good = is_good && why == NULL && (is_over || announce(r, &why));
    inside_end(r->q);
    if (why != NULL)
        g_propagate_error(error, why);
    if (!is_good || is_over)
        return is_good;
    if (!send_out(r, error))
        return false;
    told->end = end_of(&r->state);
    return true;
}

bool release_run(struct quarantine *q, const char *id,
                 const struct release_how *how, struct release_told *out,
                 GError **error)
{
    struct release r = {.q = q, .id = id, .how = how, .held = -1};
    struct release_told told = {0};
    bool is_run = run(&r, &told, error);
    if (is_run) {
        told.state = r.state;
        r.state = (struct state){0};
        *out = told;
    }
    clear(&r);
    return is_run;
}
