/* SPDX-License-Identifier: MIT */
/*
 * Answers out of trays: what a worker says about a job, and what becomes of it.
 */
#include "base/clock.h"
#include "base/log.h"
#include "pool/inside.h"
#include "pool/selftests.h"
#include "pool/stage.h"

#include <string.h>

/* Was a plugin called at all? */
static bool was_asked(const struct scan *scan, const char *plugin)
{
    for (size_t i = 0; i < scan->plan->scanner_n; i++)
        if (scan->plan->scanners[i]->name == plugin)
            return scan->uses[i].calls > 0;
    return false;
}

static void take_done(struct job *job, const struct scan_plan *plan,
                      struct reply *reply)
{
    if (!trial_lived(&job->trial)) {
        death_go_on(job);
        return;
    }
    if (job->trying != NULL && was_asked(reply->scan, job->trying))
        breakers_worked(job->pool, g_steal_pointer(&job->trying), BREAKER_TRY);
    for (unsigned i = 0; job->out != NULL && i < job->out->len; i++)
        trial_add_failed(reply->scan, g_array_index(job->out, const char *, i),
                         "out",
                         "left out: it failed too often and is tried again "
                         "later");
    trial_tell(&job->trial, reply->scan);
    stage_end(job, reply->journal);
    answer_job(job, plan, reply->message, reply->scan);
}

/* A worker that cannot tell the truth is ended; the message goes on. */
static void take_nonsense(struct crew *crew, struct seat *seat, struct job *job,
                          const char *why)
{
    struct generation *generation = crew->self;
    struct crumb_copy crumb;
    crumb_read(&seat->tray.head->crumb, generation->plan.scanner_n, &crumb);
    struct death death = {.cause = DEATH_TRAY};
    g_strlcpy(death.where, crumb.where, sizeof death.where);
    struct log_event event;
    log_begin(&event, LOG_LEVEL_ERROR, "worker.tray");
    log_text(&event, "class", crew->class_name);
    log_number(&event, "pid", seat->pid);
    log_text(&event, "why", why);
    log_end(&event);
    crew_kill(crew, seat, DEATH_OUTSIDE);
    trial_died(&job->trial, &death, true);
    death_go_on(job);
}

static void take_suspended(struct crew *crew, struct seat *seat,
                           struct job *job, const struct reply *reply)
{
    const struct generation *generation = crew->self;
    const char *rule = asking_begin(job, reply, &generation->plan.limits);
    if (rule != NULL)
        take_nonsense(crew, seat, job, rule);
    else
        job->trial.tries = 0; /* it lives: only what comes after counts */
}

static void take_reply(struct crew *crew, struct seat *seat, struct job *job)
{
    struct generation *generation = crew->self;
    struct pool *pool = generation->pool;
    g_autoptr(GError) error = NULL;
    const struct scanner **store;
    struct scan_plan plan;
    struct reply reply = {0};
    struct unpacker from;
    answer_plan(generation, job->left_out, &plan, &store);
    const struct reply_context context = {
        .plan = &plan,
        .session = job->request.session,
        .raw_size = g_bytes_get_size(job->request.raw),
        .now_s = job->request.now_s,
        .needs_digests = job->request.needs_digests,
        .until = job->request.until,
    };
    job->seat = NULL;
    unpacker_init(&from, pool->buffer->data, pool->buffer->len);
    if (!reply_unpack(&from, &context, &reply, &error))
        take_nonsense(crew, seat, job, error->message);
    else if (reply.kind == REPLY_DONE || reply.kind == REPLY_STAGE)
        take_done(job, &plan, &reply);
    else if (reply.kind == REPLY_SUSPENDED)
        take_suspended(crew, seat, job, &reply);
    else
        answer_unread(job, "refused", reply.why);
    reply_clear(&reply);
    g_free(store);
}

static bool take_answer(struct crew *crew, struct seat *seat)
{
    struct generation *generation = crew->self;
    struct pool *pool = generation->pool;
    struct load load;
    if (!seat_answer(seat, &load, pool->buffer, clock_mono_ns()))
        return false;
    /* Its worker goes on while the answer is read. */
    if (seat->load_n == 0)
        serve_queue(pool);
    if (load.work != NULL && load.task == TRAY_SCAN)
        take_reply(crew, seat, load.work);
    else if (load.work != NULL && load.task == TRAY_GUEST)
        carry_answered(generation, load.work, pool->buffer);
    else if (load.task == TRAY_SELF_TEST)
        selftests_answer(admission_tests(generation->admission), crew,
                         pool->buffer->data, pool->buffer->len);
    return true;
}

void take_last_answers(struct crew *crew, struct seat *seat)
{
    while (take_answer(crew, seat))
        ;
}

void take_answers(struct crew *crew, struct seat *seat)
{
    struct generation *generation = crew->self;
    bool asks = atomic_load(&seat->tray.head->ask.state) == TRAY_ASKED;
    while (seat->state != SEAT_DYING && take_answer(crew, seat))
        ;
    /* Only now is the oldest load the one that a question is about; who has asked
     * sleeps, so a question that is seen later waits for the next look. */
    if (crew->is_home && asks)
        carry_look(generation, seat);
    else if (!crew->is_home)
        carry_serve(generation, crew);
}
