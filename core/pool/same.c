/* SPDX-License-Identifier: MIT */
/*
 * Equal messages: one of them, the leader, is scanned, and the others wait for its
 * answer.
 *
 * Of those that wait nobody has more time than the leader, and the scan is wanted as
 * soon as the first of them all wants it.
 */
#include "pool/inside.h"

/* Has `a` at least as much time as `b`? */
static bool has_time_of(const struct job *a, const struct job *b)
{
    return a->deadline_ns == 0 ||
           (b->deadline_ns != 0 && b->deadline_ns <= a->deadline_ns);
}

struct job *same_find(struct pool *pool, const struct job *job)
{
    if (!job->has_key)
        return NULL;
    struct job *leader = g_hash_table_lookup(pool->by_key, job->key);
    bool is_good =
        leader != NULL && has_time_of(leader, job) &&
        (leader->request.needs_digests || !job->request.needs_digests);
    return is_good ? leader : NULL;
}

void same_join(struct job *leader, struct job *job)
{
    if (leader->followers == NULL)
        leader->followers = g_ptr_array_new();
    g_ptr_array_add(leader->followers, job);
    job->state = JOB_JOINED;
    job->leader = leader;
    /* The same bytes: they are kept once. */
    g_bytes_unref(job->request.raw);
    job->request.raw = g_bytes_ref(leader->request.raw);
    leader->pool->counters.joined++;
    pool_promote(leader->pool, leader, job->item.priority);
}

void same_leave(struct job *job)
{
    g_ptr_array_remove(job->leader->followers, job);
    job->leader = NULL;
}

/* The first of those that have most time. */
static struct job *choose_next(const struct job *job)
{
    struct job *next = job->followers->pdata[0];
    for (unsigned i = 1; i < job->followers->len; i++)
        if (!has_time_of(next, job->followers->pdata[i]))
            next = job->followers->pdata[i];
    return next;
}

/* All that has been done for one is done for the other. */
static void move_progress(struct job *job, struct job *next)
{
    next->trial = job->trial;
    next->journal = g_steal_pointer(&job->journal);
    next->wishes = g_steal_pointer(&job->wishes);
    next->answers = g_steal_pointer(&job->answers);
    next->left_out = g_steal_pointer(&job->left_out);
    next->out = g_steal_pointer(&job->out);
    next->trying = g_steal_pointer(&job->trying);
    next->journal_of = job->journal_of;
    next->rounds = job->rounds;
    next->may_wait = job->may_wait;
    next->is_waited_out = job->is_waited_out;
    next->placed_ns = job->placed_ns;
    next->item.priority = job->item.priority;
    next->item.since_ns = job->item.since_ns;
    next->item.ticket = job->item.ticket;
}

void same_hand_over(struct job *job)
{
    struct pool *pool = job->pool;
    struct job *next = choose_next(job);
    g_ptr_array_remove(job->followers, next);
    next->followers = g_steal_pointer(&job->followers);
    next->leader = NULL;
    for (unsigned i = 0; i < next->followers->len; i++)
        ((struct job *)next->followers->pdata[i])->leader = next;
    move_progress(job, next);
    next->state = job->state;
    if (job->state == JOB_PLACED) {
        serve_replace(job, next);
    } else if (job->state == JOB_ASKING) {
        due_put(&pool->answering, &next->answering, job->answering.at_ns);
        due_drop(&pool->answering, &job->answering);
        job->state = JOB_OVER;
    } else {
        queue_remove(&pool->queue, &job->item);
        queue_put_back(&pool->queue, &next->item);
    }
    if (g_hash_table_lookup(pool->by_key, job->key) == job)
        g_hash_table_replace(pool->by_key, next->key, next);
}
