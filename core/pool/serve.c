/* SPDX-License-Identifier: MIT */
/*
 * Who gets what waits: from the queue to seats, and back where something else goes
 * first.
 */
#include "base/clock.h"
#include "pool/inside.h"

void serve_again(struct job *job)
{
    job->state = JOB_WAITING;
    job->seat = NULL;
    if (job->generation == NULL)
        queue_put_back(&job->pool->queue, &job->item);
}

static bool is_below(const struct load *load, enum pool_priority priority)
{
    const struct job *job = load->work;
    return load->ticket != 0 && load->task == TRAY_SCAN && job != NULL &&
           job->item.priority > priority;
}

/* Its worker has not begun with it, so that it was not tried there. */
static void take_back(struct job *job)
{
    job->trial.tries--;
    /* Others may go first for long; but not in the middle of finding a guilty one. */
    if (job->trying != NULL && job->trial.step == TRIAL_WHOLE)
        breakers_unused(job->pool, g_steal_pointer(&job->trying));
    serve_again(job);
}

/* Work that may wait makes room for work that may not. */
static void make_way(struct seat *seat, enum pool_priority priority)
{
    int running = seat_oldest(seat);
    for (unsigned i = 0; i < seat->tray.shape.slots; i++) {
        struct job *job = seat->loads[i].work;
        if ((int)i == running || !is_below(&seat->loads[i], priority) ||
            !seat_withdraw(seat, i))
            continue;
        take_back(job);
    }
}

/* How much waits on a seat before a job of that priority would be served. */
static unsigned ahead(const struct seat *seat, enum pool_priority priority)
{
    unsigned n = 0;
    for (unsigned i = 0; i < seat->tray.shape.slots; i++)
        n += seat->loads[i].ticket != 0 && !is_below(&seat->loads[i], priority);
    return n;
}

static struct seat *choose(struct crew *crew, enum pool_priority priority)
{
    struct seat *best = NULL;
    unsigned best_n = 0;
    for (unsigned i = 0; i < crew->seat_n; i++) {
        struct seat *seat = &crew->seats[i].seat;
        unsigned n = ahead(seat, priority);
        if (seat->state != SEAT_READY || n >= seat->tray.shape.slots ||
            (seat->is_slow && seat->load_n > 0))
            continue;
        if (best == NULL || n < best_n ||
            (n == best_n && seat->load_n < best->load_n)) {
            best = seat;
            best_n = n;
        }
    }
    return best;
}

static bool serve_one(struct generation *generation, struct job *job,
                      uint64_t now_ns)
{
    struct crew *home = generation->home;
    struct seat *seat = choose(home, job->item.priority);
    if (seat == NULL)
        return false;
    if (seat->load_n > ahead(seat, job->item.priority))
        make_way(seat, job->item.priority);
    if (!place_job(generation, seat, job, now_ns))
        return false;
    queue_remove(&job->pool->queue, &job->item);
    job->state = JOB_PLACED;
    job->crew = home;
    job->seat = seat;
    job->trial.tries++;
    if (job->placed_ns == 0)
        job->placed_ns = now_ns;
    return true;
}

/* They would wait for ever. */
static void answer_waiting(struct pool *pool)
{
    struct queue_item *item;
    for (uint64_t n = pool->queue.items;
         n > 0 && (item = queue_first(&pool->queue)) != NULL; n--)
        answer_unread(job_of(item), "workers",
                      "no worker process stays alive, so a plugin may die at "
                      "its start: run assay plugins --test");
}

void serve_queue(struct pool *pool)
{
    struct queue_item *item;
    if (pool->now == NULL || pool->now->home == NULL)
        return;
    uint64_t now_ns = clock_mono_ns();
    while ((item = queue_first(&pool->queue)) != NULL &&
           serve_one(pool->now, job_of(item), now_ns))
        ;
    struct crew *home = pool->now->home;
    if (pool->queue.items > 0 && crew_is_barren(home))
        answer_waiting(pool);
    for (unsigned i = 0; i < home->seat_n; i++)
        seat_ring(&home->seats[i].seat);
}

void serve_canary(struct job *job)
{
    if (serve_one(job->generation, job, clock_mono_ns()))
        seat_ring(job->seat);
}

void serve_withdraw(struct seat *seat)
{
    for (unsigned i = 0; i < seat->tray.shape.slots; i++) {
        struct load load = seat->loads[i];
        if (load.ticket == 0 || load.task == TRAY_SELF_TEST ||
            !seat_withdraw(seat, i))
            continue;
        struct job *job = load.work;
        if (load.task == TRAY_SCAN && job != NULL)
            take_back(job);
    }
}

static unsigned slot_of(const struct job *job)
{
    const struct seat *seat = job->seat;
    unsigned slot = 0;
    while (seat->loads[slot].work != job)
        slot++;
    return slot;
}

void serve_disown(struct job *job)
{
    job->seat->loads[slot_of(job)].work = NULL;
    job->seat = NULL;
}

void serve_cancel(struct job *job)
{
    struct seat *seat = job->seat;
    struct crew *crew = job->crew;
    unsigned slot = slot_of(job);
    serve_disown(job);
    if (!seat_withdraw(seat, slot) && !seat_is_answered(seat, slot))
        crew_kill(crew, seat, DEATH_OUTSIDE);
}

void serve_replace(struct job *job, struct job *next)
{
    job->seat->loads[slot_of(job)].work = next;
    next->seat = g_steal_pointer(&job->seat);
    next->crew = job->crew;
}
