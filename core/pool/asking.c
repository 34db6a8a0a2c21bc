/* SPDX-License-Identifier: MIT */
/*
 * Messages that wait for answers: DNS and look-ups, which a plugin wished for.
 *
 * They hold no worker.  What a worker had found so far lies in the journal
 * (scan/journal.h), with which any worker goes on when it gets the answers as well.
 * The front does not look into a journal: the wishes that are open stand beside it.
 */
#include "base/clock.h"
#include "pool/inside.h"
#include "scan/wishes.h"

enum {
    /* A worker that has been taken over could wish for ever: after so many rounds as
     * each stage of a scan may have, it has to end with what there is. */
    STAGES = ASSAY_STAGE_MESSAGE,
    ANSWERS_MAX = 16 << 20 /* bytes */
};

bool asking_may_wait(const struct job *job)
{
    return !job->is_waited_out &&
           job->rounds < STAGES * job->pool->how.limits->max_rounds;
}

const char *asking_read(GBytes *bytes, const struct limits *limits,
                        GPtrArray *to)
{
    struct unpacker from;
    gsize n = 0;
    const uint8_t *p = g_bytes_get_data(bytes, &n);
    unpacker_init(&from, p, n);
    wishes_unpack_most(&from, wishes_max(limits), to);
    if (!unpack_end(&from))
        return "its wishes are not well made, or more than a scan may have";
    if (to->len == 0)
        return "it waits for nothing";
    for (unsigned i = 0; i < to->len; i++) {
        const struct wish *wish = to->pdata[i];
        if (wish->state != 0)
            return "it waits for what it knows";
    }
    return NULL;
}

const char *asking_begin(struct job *job, const struct reply *reply,
                         const struct limits *limits)
{
    struct pool *pool = job->pool;
    g_autoptr(GPtrArray) wishes = wishes_new();
    if (!job->may_wait)
        return "it waits where it may not";
    const char *rule = asking_read(reply->wishes, limits, wishes);
    if (rule != NULL)
        return rule;
    job->rounds++;
    g_clear_pointer(&job->journal, g_bytes_unref);
    g_clear_pointer(&job->wishes, g_ptr_array_unref);
    job->journal = g_bytes_ref(reply->journal);
    job->wishes = g_steal_pointer(&wishes);
    job->state = JOB_ASKING;
    pool->counters.suspended++;
    uint64_t due_ns = clock_mono_ns() + pool->how.answer_delay_ms * MS_NS;
    due_put(&pool->answering, &job->answering, due_ns);
    if (pool->how.answer_delay_ms == 0)
        asking_look(pool, due_ns);
    return NULL;
}

static void resolve(const struct pool *pool, const GPtrArray *wishes)
{
    const struct resolver *resolver = pool->how.resolver;
    if (resolver != NULL)
        resolver->resolve(resolver->self, (struct wish *const *)wishes->pdata,
                          wishes->len);
    for (unsigned i = 0; resolver == NULL && i < wishes->len; i++)
        ((struct wish *)wishes->pdata[i])->state = ASSAY_ANSWER_BLOCKED;
}

static void answer(struct job *job)
{
    struct packer to;
    g_autoptr(GPtrArray) wishes = g_steal_pointer(&job->wishes);
    resolve(job->pool, wishes);
    if (job->answers == NULL)
        job->answers = g_byte_array_new();
    g_byte_array_set_size(job->answers, 0);
    packer_grow(&to, job->answers, ANSWERS_MAX);
    wishes_pack(wishes, &to);
    if (to.is_full) {
        /* Without its way so far it begins anew, and this time waits for nothing. */
        job->is_waited_out = true;
        job_forget_way(job);
    }
    serve_again(job);
}

void asking_look(struct pool *pool, uint64_t now_ns)
{
    struct job *job;
    while ((job = due_take(&pool->answering, now_ns)) != NULL)
        answer(job);
}
