/* SPDX-License-Identifier: MIT */
#include "pool/job.h"

#include "pool/stage.h"

#include <string.h>

struct job *job_new(const struct pool_request *request, pool_done_fn done,
                    void *self, uint64_t now_ns)
{
    struct job *job = g_new0(struct job, 1);
    job->request = *request;
    job->request.raw = request->raw != NULL ? g_bytes_ref(request->raw)
                                            : g_bytes_new_static("", 0);
    job->done = done;
    job->self = self;
    job->answering.owner = job;
    job->deadline.owner = job;
    job->begin_ns = now_ns;
    job->deadline_ns = request->deadline_ns;
    job->item.priority = request->priority;
    job->item.bytes = g_bytes_get_size(job->request.raw);
    job->has_key = request->key != NULL && request->until == 0 &&
                   request->journal == NULL &&
                   request->priority != POOL_TRANSPORT;
    if (job->has_key)
        memcpy(job->key, request->key, sizeof job->key);
    job->request.key = NULL;
    stage_begin(job);
    return job;
}

void job_free(struct job *job)
{
    if (job == NULL)
        return;
    g_bytes_unref(job->request.raw);
    stage_forget(job);
    pool_journal_unref(job->stage);
    g_clear_pointer(&job->left_out, g_array_unref);
    g_clear_pointer(&job->out, g_array_unref);
    g_clear_pointer(&job->followers, g_ptr_array_unref);
    g_free(job);
}

void job_forget_way(struct job *job)
{
    g_clear_pointer(&job->journal, g_bytes_unref);
    g_clear_pointer(&job->wishes, g_ptr_array_unref);
    g_clear_pointer(&job->answers, g_byte_array_unref);
    if (job->request.journal != NULL)
        job->journal = g_bytes_ref(job->request.journal->bytes);
}

bool job_is_bulk(const struct job *job)
{
    return job->item.priority == POOL_BACKGROUND;
}
