/* SPDX-License-Identifier: MIT */
/*
 * Its beginning and its end; messages handed in, promoted, cancelled.
 */
#include "pool/pool.h"

#include "base/clock.h"
#include "base/error.h"
#include "pool/inside.h"
#include "pool/parent.h"
#include "pool/stage.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

enum {
    TICK_MS = 10,
    BURY_MS = 5000 /* for processes to die that were killed */
};

/* --- opening and closing ------------------------------------------------------------ */

static unsigned hash_key(gconstpointer key)
{
    unsigned h;
    memcpy(&h, key, sizeof h); /* of a digest: as good as any */
    return h;
}

static int same_key(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, QUEUE_KEY_SIZE) == 0;
}

static struct pool *pool_new(const struct pool_how *how, GError **error)
{
    g_autofree char *program = how->program != NULL
                                   ? g_strdup(how->program)
                                   : g_file_read_link("/proc/self/exe", error);
    int epoll = program != NULL ? epoll_create1(EPOLL_CLOEXEC) : -1;
    if (epoll < 0) {
        if (program != NULL)
            g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "epoll_create1: %s",
                        g_strerror(errno));
        return NULL;
    }
    struct pool *pool = g_new0(struct pool, 1);
    pool->how = *how;
    pool->generations = g_ptr_array_new();
    pool->dying = g_array_new(false, false, sizeof(pid_t));
    pool->program = g_steal_pointer(&program);
    pool->parent = how->parent;
    pool->epoll = epoll;
    queue_init(&pool->queue, how->options->queue_max,
               how->options->queue_bytes);
    pool->jobs = g_hash_table_new(NULL, NULL);
    pool->by_key = g_hash_table_new(hash_key, same_key);
    due_init(&pool->answering);
    due_init(&pool->deadlines);
    pool->breakers = breakers_new();
    counters_init(&pool->counters, clock_mono_ns());
    pool->buffer = g_byte_array_new();
    /* Workers whose zygote has died are ours to bury. */
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (pool->parent != NULL)
        pool_listen(pool, parent_fd(pool->parent));
    return pool;
}

bool pool_start(const struct pool_how *how, struct pool **out, GError **error)
{
    struct pool *pool = pool_new(how, error);
    if (pool == NULL)
        return false;
    struct recipe *recipe = recipe_new(how, pool->program, error);
    pool->coming = recipe != NULL ? generation_new(pool, recipe, error) : NULL;
    if (pool->coming == NULL) {
        pool_free(pool);
        return false;
    }
    pool->how = pool->coming->recipe->how;
    generation_tend(pool->coming, clock_mono_ns());
    *out = pool;
    return true;
}

bool pool_await(struct pool *pool, GError **error)
{
    struct generation *generation = pool->coming;
    uint64_t most_ns = pool->how.options->load_time_ns;
    while (generation->state != GENERATION_FAILED &&
           (generation->state != GENERATION_READY ||
            crew_ready(generation->home) == 0) &&
           clock_mono_ns() - generation->begun_ns <= most_ns)
        pool_run(pool, TICK_MS);
    pool->coming = NULL;
    if (generation->state != GENERATION_READY ||
        crew_ready(generation->home) == 0) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_PLUGIN, "%s",
                    generation->why != NULL ? generation->why
                                            : "no worker stays alive");
        return false;
    }
    pool->now = generation;
    pool->counters.generation_ns = clock_mono_ns();
    watching_begin(pool);
    return true;
}

bool pool_open(const struct pool_how *how, struct pool **out, GError **error)
{
    struct pool *pool;
    if (!pool_start(how, &pool, error))
        return false;
    if (pool_await(pool, error)) {
        *out = pool;
        return true;
    }
    pool_free(pool);
    return false;
}

/* One that is not answered together with another one. */
static struct job *any_job(const struct pool *pool)
{
    GHashTableIter iter;
    void *job;
    g_hash_table_iter_init(&iter, pool->jobs);
    while (g_hash_table_iter_next(&iter, &job, NULL))
        if (((struct job *)job)->state != JOB_JOINED)
            return job;
    return NULL;
}

void pool_end(struct pool *pool)
{
    pool->is_ending = true;
    struct job *job;
    while ((job = any_job(pool)) != NULL) {
        if (job->seat != NULL)
            serve_disown(job);
        answer_unread(job, "ending",
                      "the scanner was ended before it was done");
    }
}

void pool_free(struct pool *pool)
{
    if (pool == NULL)
        return;
    pool_end(pool);
    while (pool->generations->len > 0)
        generation_free(pool->generations->pdata[0]);
    g_ptr_array_unref(pool->generations);
    reload_clear(&pool->reload);
    watch_free(pool->watch);
    for (unsigned ms = 0; !crew_bury(pool->dying) && ms < BURY_MS; ms++)
        g_usleep(1000);
    g_array_unref(pool->dying);
    queue_clear(&pool->queue);
    g_hash_table_unref(pool->jobs);
    g_hash_table_unref(pool->by_key);
    due_clear(&pool->answering);
    due_clear(&pool->deadlines);
    g_hash_table_unref(pool->breakers);
    counters_clear(&pool->counters);
    g_byte_array_unref(pool->buffer);
    close(pool->epoll);
    g_free(pool->program);
    g_free(pool);
}

/* --- jobs ----------------------------------------------------------------------------- */

struct job *pool_submit(struct pool *pool, const struct pool_request *request,
                        pool_done_fn done, void *self)
{
    uint64_t now_ns = clock_mono_ns();
    g_assert(request->until <= ASSAY_STAGE_RCPT);
    struct job *job = job_new(request, done, self, now_ns);
    job->pool = pool;
    job->number = ++pool->next_number;
    g_hash_table_add(pool->jobs, job);
    deadline_watch(job);
    if (pool->is_ending) {
        answer_unread(job, "ending", "the scanner is being ended");
        return NULL;
    }
    if (stage_is_unwanted(pool, request)) {
        stage_answer_unwanted(job);
        return NULL;
    }
    struct job *leader = same_find(pool, job);
    if (leader != NULL) {
        same_join(leader, job);
        return job;
    }
    if (queue_push(&pool->queue, &job->item, now_ns) != QUEUE_TAKEN) {
        answer_unread(job, "full",
                      "too many messages wait: [pool] queue_max, queue_size");
        return NULL;
    }
    job->state = JOB_WAITING;
    if (job->has_key)
        g_hash_table_replace(pool->by_key, job->key, job);
    return job;
}

void pool_promote(struct pool *pool, struct job *job,
                  enum pool_priority priority)
{
    struct job *leader = job->state == JOB_JOINED ? job->leader : job;
    if (leader->state == JOB_WAITING)
        queue_promote(&pool->queue, &leader->item, priority);
    else if (priority < leader->item.priority)
        leader->item.priority = priority; /* for when it waits again */
}

void pool_cancel(struct pool *pool, struct job *job)
{
    (void)pool;
    if (job->followers != NULL && job->followers->len > 0)
        same_hand_over(job);
    else if (job->seat != NULL)
        serve_cancel(job);
    answer_forget(job);
    job_free(job);
}
