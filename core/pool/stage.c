/* SPDX-License-Identifier: MIT */
#include "pool/stage.h"

#include "base/clock.h"
#include "mail/message.h"
#include "pool/inside.h"
#include "scan/told.h"

struct pool_journal *pool_journal_ref(struct pool_journal *journal)
{
    journal->refs++;
    return journal;
}

void pool_journal_unref(struct pool_journal *journal)
{
    if (journal == NULL || --journal->refs > 0)
        return;
    g_bytes_unref(journal->bytes);
    g_free(journal);
}

/* Who was to blame, and nothing else of a trial. */
static struct trial guilt_of(const struct trial *trial)
{
    return (struct trial){
        .step = trial->has_guilty ? TRIAL_WITHOUT : TRIAL_WHOLE,
        .guilty = trial->guilty,
        .guest = trial->guest,
        .has_guilty = trial->has_guilty,
        .has_guest = trial->has_guest,
    };
}

void stage_begin(struct job *job)
{
    struct pool_journal *given = job->request.journal;
    if (given == NULL)
        return;
    pool_journal_ref(given);
    job->trial = guilt_of(&given->trial);
    job->journal_of = given->generation;
    job->journal = g_bytes_ref(given->bytes);
}

void stage_end(struct job *job, GBytes *bytes)
{
    g_clear_pointer(&job->stage, pool_journal_unref);
    if (bytes == NULL)
        return;
    struct pool_journal *journal = g_new0(struct pool_journal, 1);
    journal->refs = 1;
    journal->generation = job->journal_of;
    journal->bytes = g_bytes_ref(bytes);
    journal->trial = guilt_of(&job->trial);
    job->stage = journal;
}

void stage_forget(struct job *job)
{
    g_clear_pointer(&job->request.journal, pool_journal_unref);
    job_forget_way(job);
}

bool stage_is_unwanted(const struct pool *pool,
                       const struct pool_request *request)
{
    const struct generation *now = pool->now;
    if (request->until == 0 || now == NULL)
        return false;
    uint64_t asked = ASSAY_STAGE_BIT(request->until + 1) - 1;
    return (scan_plan_stages(&now->plan) & asked) == 0;
}

void stage_answer_unwanted(struct job *job)
{
    const struct scan_plan *plan = &job->pool->now->plan;
    struct message *message =
        message_new(job->request.raw, job->request.session, &plan->limits);
    g_ptr_array_set_size(message->notes, 0);
    int64_t now_s =
        job->request.now_s != 0 ? job->request.now_s : clock_unix_s();
    struct scan *scan = told_scan_new(plan, message, now_s);
    if (job->request.journal != NULL)
        job->stage = pool_journal_ref(job->request.journal);
    trial_tell(&job->trial, scan);
    answer_job(job, plan, message, scan);
    scan_free(scan);
    message_free(message);
}
