/* SPDX-License-Identifier: MIT */
/*
 * The end of a job: its answer, whatever happened.
 */
#include "base/clock.h"
#include "mail/message.h"
#include "pool/inside.h"
#include "pool/signatures.h"
#include "scan/told.h"

static bool is_in(const GArray *places, uint32_t place)
{
    for (unsigned i = 0; places != NULL && i < places->len; i++)
        if (g_array_index(places, uint32_t, i) == place)
            return true;
    return false;
}

void answer_plan(const struct generation *generation, const GArray *left_out,
                 struct scan_plan *plan, const struct scanner ***store)
{
    *plan = generation->plan;
    *store = NULL;
    if (left_out == NULL || left_out->len == 0)
        return;
    *store = g_new0(const struct scanner *, plan->scanner_n + 1);
    size_t n = 0;
    for (size_t i = 0; i < generation->plan.scanner_n; i++)
        if (!is_in(left_out, (uint32_t)i))
            (*store)[n++] = generation->plan.scanners[i];
    plan->scanners = *store;
    plan->scanner_n = n;
}

static void call_back(struct job *job, struct pool_answer *answer,
                      uint64_t now_ns)
{
    answer->took_ns = now_ns - job->begin_ns;
    answer->wait_ns =
        (job->placed_ns != 0 ? job->placed_ns : now_ns) - job->begin_ns;
    answer->tries = job->trial.tries;
    job->state = JOB_OVER;
    job->done(job->self, answer);
}

void answer_forget(struct job *job)
{
    struct pool *pool = job->pool;
    if (job->state == JOB_JOINED)
        same_leave(job);
    if (job->trying != NULL)
        breakers_unused(pool, g_steal_pointer(&job->trying));
    queue_remove(&pool->queue, &job->item);
    due_drop(&pool->answering, &job->answering);
    due_drop(&pool->deadlines, &job->deadline);
    g_hash_table_remove(pool->jobs, job);
    if (job->has_key && g_hash_table_lookup(pool->by_key, job->key) == job)
        g_hash_table_remove(pool->by_key, job->key);
}

void answer_job(struct job *job, const struct scan_plan *plan,
                struct message *message, struct scan *scan)
{
    uint64_t now_ns = clock_mono_ns();
    struct pool_answer answer = {
        .plan = plan,
        .message = message,
        .scan = scan,
        .journal = job->stage,
        .is_unread = message->objects->len == 0 || job->is_unread,
    };
    answer_forget(job);
    /* A canary proves what an engine finds, however old it is. */
    if (job->number != 0 && !answer.is_unread)
        signatures_tell(job->pool, scan);
    tally_answer(job, message, scan);
    call_back(job, &answer, now_ns);
    /* Each of them may cancel others. */
    while (job->followers != NULL && job->followers->len > 0) {
        struct job *follower = job->followers->pdata[0];
        answer_forget(follower);
        call_back(follower, &answer, now_ns);
        job_free(follower);
    }
    job_free(job);
}

void answer_unread(struct job *job, const char *name, const char *text)
{
    const struct scan_plan plan = {.limits = *job->pool->how.limits};
    g_autoptr(GBytes) empty = g_bytes_new_static("", 0);
    struct message *message =
        message_new(empty, job->request.session, &plan.limits);
    g_ptr_array_set_size(message->notes, 0);
    int64_t now_s =
        job->request.now_s != 0 ? job->request.now_s : clock_unix_s();
    struct scan *scan = told_scan_new(&plan, message, now_s);
    trial_tell(&job->trial, scan);
    if (name != NULL)
        trial_add_failed(scan, NULL, name, text);
    job->is_unread = true;
    answer_job(job, &plan, message, scan);
    scan_free(scan);
    message_free(message);
}
