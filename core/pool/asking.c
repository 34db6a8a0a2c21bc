/* SPDX-License-Identifier: MIT */
/*
 * Messages that wait for answers: DNS and look-ups, which a plugin wished for.
 *
 * They hold no worker.  What a worker had found so far lies in the journal
 * (scan/journal.h), with which any worker goes on when the answers are in it.
 */
#include "base/clock.h"
#include "pool/inside.h"
#include "scan/journal.h"

enum {
    /* A worker that has been taken over could wish for ever. */
    ROUNDS_MAX = 100
};

void asking_begin(struct job *job, GBytes *journal)
{
    struct pool *pool = job->pool;
    gsize n = 0;
    const uint8_t *p = g_bytes_get_data(journal, &n);
    if (++job->rounds > ROUNDS_MAX) {
        answer_unread(job, "rounds", "its plugins wished for answers for ever");
        return;
    }
    if (job->journal == NULL)
        job->journal = g_byte_array_new();
    g_byte_array_set_size(job->journal, 0);
    g_byte_array_append(job->journal, p, (unsigned)n);
    g_ptr_array_add(pool->asking, job);
    job->state = JOB_ASKING;
    pool->counters.suspended++;
    job->due_ns = clock_mono_ns() + pool->how.answer_delay_ms * MS_NS;
    if (pool->how.answer_delay_ms == 0)
        asking_look(pool, job->due_ns);
}

static void resolve(const struct pool *pool, const struct journal *journal)
{
    const struct resolver *resolver = pool->how.resolver;
    g_autoptr(GPtrArray) open = g_ptr_array_new();
    for (unsigned i = 0; i < journal->wishes->len; i++) {
        struct wish *wish = journal->wishes->pdata[i];
        if (wish->state != 0)
            continue;
        if (resolver == NULL)
            wish->state = ASSAY_ANSWER_BLOCKED;
        else
            g_ptr_array_add(open, wish);
    }
    if (resolver != NULL && open->len > 0)
        resolver->resolve(resolver->self, (struct wish *const *)open->pdata,
                          open->len);
}

static void answer(struct job *job)
{
    struct journal *journal =
        journal_unpack(job->journal->data, job->journal->len);
    if (journal == NULL) {
        answer_unread(job, "journal",
                      "a worker told nonsense about what it waits for");
        return;
    }
    struct packer to;
    resolve(job->pool, journal);
    g_byte_array_set_size(job->journal, 0);
    packer_grow(&to, job->journal, JOURNAL_MAX);
    journal_pack(journal, &to);
    journal_free(journal);
    if (to.is_full) {
        /* Without its way so far it begins anew, and this time waits for nothing. */
        answer_unread(job, "journal", "the answers to it are too large");
        return;
    }
    serve_again(job);
}

void asking_look(struct pool *pool, uint64_t now_ns)
{
    for (unsigned i = pool->asking->len; i > 0; i--) {
        /* An answer may have cancelled others. */
        struct job *job =
            i <= pool->asking->len ? pool->asking->pdata[i - 1] : NULL;
        if (job == NULL || job->due_ns > now_ns)
            continue;
        g_ptr_array_remove_index_fast(pool->asking, i - 1);
        answer(job);
    }
}
