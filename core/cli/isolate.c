/* SPDX-License-Identifier: MIT */
#include "cli/isolate.h"

#include "base/clock.h"

#include <string.h>

enum {
    /* Messages beyond the one whose turn it is: enough to keep all workers busy while
     * one message takes long, few enough to hold in memory. */
    AHEAD_MAX = 512,
    TICK_MS = 200
};

/* Raw mail that is on its way takes at most about so much memory. */
#define FLIGHT_MAX ((size_t)64 << 20)

/* One message on its way, or answered before its turn. */
struct flight {
    struct run *run;
    size_t index;
    size_t bytes;
    uint64_t begin_ns;
    bool is_answered;
    struct record record;
    GString *text;
};

/* One run.  Lives on isolate_run's stack. */
struct run {
    const struct isolate *how;
    struct flight flights[AHEAD_MAX]; /* by index modulo AHEAD_MAX */
    size_t next;                      /* whose turn it is to be shown */
    size_t begun;                     /* submitted so far */
    size_t flight_bytes;
    bool is_over;
};

static void show_ready(struct run *run)
{
    while (run->next < run->begun) {
        struct flight *flight = &run->flights[run->next % AHEAD_MAX];
        if (!flight->is_answered)
            return;
        flight->is_answered = false;
        run->next++;
        if (!run->is_over &&
            !run->how->sink(run->how->self, &flight->record, flight->text->str))
            run->is_over = true;
    }
}

static void keep(struct flight *flight, const struct answer *answer)
{
    struct run *run = flight->run;
    if (flight->text == NULL)
        flight->text = g_string_sized_new(1024);
    g_string_truncate(flight->text, 0);
    record_make(&flight->record, flight->index, run->how->view, answer,
                flight->text);
    flight->is_answered = true;
}

static void on_done(void *self, const struct pool_answer *told)
{
    struct flight *flight = self;
    struct run *run = flight->run;
    struct answer answer = {
        .item = run->how->items->pdata[flight->index],
        .plan = *told->plan,
        .message = told->message,
        .scan = told->scan,
        .verdict = verdict_new(run->how->answers->policy, told->scan),
        .bytes = flight->bytes,
        .ns = clock_mono_ns() - flight->begin_ns,
        .is_unread = told->is_unread,
    };
    keep(flight, &answer);
    verdict_free(answer.verdict);
    run->flight_bytes -= flight->bytes;
}

/* What cannot be read is answered here. */
static void answer_here(struct flight *flight, GError *error)
{
    const struct isolate *how = flight->run->how;
    struct answer answer;
    answer_make_unread(how->answers, how->items->pdata[flight->index], error,
                       &answer);
    keep(flight, &answer);
    answer_clear(&answer);
}

static void begin(struct run *run)
{
    const struct isolate *how = run->how;
    size_t index = run->begun++;
    struct flight *flight = &run->flights[index % AHEAD_MAX];
    GBytes *raw = NULL;
    g_autoptr(GError) error = NULL;
    flight->run = run;
    flight->index = index;
    flight->begin_ns = clock_mono_ns();
    if (!source_read(how->items->pdata[index],
                     how->answers->scan.limits.max_message_bytes, &raw,
                     &error)) {
        answer_here(flight, error);
        return;
    }
    flight->bytes = g_bytes_get_size(raw);
    run->flight_bytes += flight->bytes;
    const struct pool_request request = {
        .raw = raw,
        .session = how->answers->session,
        .priority = how->items->len > 1 ? POOL_BACKGROUND : POOL_ON_DEMAND,
        .now_s = how->answers->now_s,
        .needs_digests = how->view->with_objects,
    };
    pool_submit(how->pool, &request, on_done, flight);
    g_bytes_unref(raw);
}

/* How many the pool should have in hand: what its workers hold, and as many again. */
static bool wants_more(const struct run *run, size_t most)
{
    return !run->is_over && run->begun < run->how->items->len &&
           run->begun - run->next < AHEAD_MAX &&
           run->flight_bytes < FLIGHT_MAX &&
           pool_unanswered(run->how->pool) < most;
}

void isolate_run(const struct isolate *how)
{
    struct run *run = g_new0(struct run, 1);
    run->how = how;
    size_t most = pool_capacity(how->pool) * 2;
    uint64_t ticked_ns = 0;
    while (!run->is_over && run->next < how->items->len) {
        while (wants_more(run, most))
            begin(run);
        pool_run(how->pool, TICK_MS);
        if (how->control->socket != NULL)
            operator_serve(how->control->socket, clock_mono_ns());
        show_ready(run);
        uint64_t now_ns = clock_mono_ns();
        if (how->tick != NULL &&
            now_ns - ticked_ns > (uint64_t)TICK_MS * 1000000) {
            ticked_ns = now_ns;
            run->is_over = run->is_over || !how->tick(how->self);
        }
    }
    /* What is still on its way is answered at its end, to nobody. */
    run->is_over = true;
    pool_end(how->pool);
    for (size_t i = 0; i < AHEAD_MAX; i++)
        if (run->flights[i].text != NULL)
            g_string_free(run->flights[i].text, true);
    g_free(run);
}
