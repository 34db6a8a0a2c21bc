/* SPDX-License-Identifier: MIT */
/*
 * What is in force, and how much of everything there is.
 */
#include "base/clock.h"
#include "host/card.h"
#include "pool/inside.h"
#include "pool/signatures.h"

const struct scan_plan *pool_plan(const struct pool *pool)
{
    return &pool->now->plan;
}

const GPtrArray *pool_refusals(const struct pool *pool)
{
    return pool->now->refusals;
}

size_t pool_capacity(const struct pool *pool)
{
    const struct crew *home = pool->now->home;
    return (size_t)home->options.workers_max * home->shape.slots;
}

size_t pool_unanswered(const struct pool *pool)
{
    return g_hash_table_size(pool->jobs);
}

size_t pool_waiting(const struct pool *pool)
{
    return pool->queue.items;
}

unsigned pool_ready(const struct pool *pool)
{
    return crew_ready(pool->now->home);
}

void pool_each_crew(const struct pool *pool,
                    void (*each)(void *self, struct crew *crew), void *self)
{
    for (unsigned i = 0; i < pool->generations->len; i++) {
        const struct generation *generation = pool->generations->pdata[i];
        for (unsigned k = 0; k < generation->crews->len; k++)
            each(self, generation->crews->pdata[k]);
    }
}

/* What to call for each process. */
struct visit {
    void (*worker)(void *self, const char *class_name, unsigned number,
                   pid_t pid);
    void (*zygote)(void *self, const char *class_name, pid_t pid);
    void *self;
};

static void visit_workers(void *self, struct crew *crew)
{
    const struct visit *visit = self;
    for (unsigned k = 0; k < crew->seat_n; k++)
        if (crew->seats[k].seat.pid > 0)
            visit->worker(visit->self, crew->class_name, k,
                          crew->seats[k].seat.pid);
}

static void visit_zygote(void *self, struct crew *crew)
{
    const struct visit *visit = self;
    if (crew->zygote > 0)
        visit->zygote(visit->self, crew->class_name, crew->zygote);
}

void pool_each_worker(const struct pool *pool,
                      void (*each)(void *self, const char *class_name,
                                   unsigned number, pid_t pid),
                      void *self)
{
    struct visit visit = {.worker = each, .self = self};
    pool_each_crew(pool, visit_workers, &visit);
}

void pool_each_zygote(const struct pool *pool,
                      void (*each)(void *self, const char *class_name,
                                   pid_t pid),
                      void *self)
{
    struct visit visit = {.zygote = each, .self = self};
    pool_each_crew(pool, visit_zygote, &visit);
}

void pool_each_plugin(const struct pool *pool,
                      void (*each)(void *self,
                                   const struct pool_plugin *plugin),
                      void *self)
{
    int64_t now_s = clock_unix_s();
    for (unsigned i = 0; i < pool->now->crews->len; i++) {
        const struct crew *crew = pool->now->crews->pdata[i];
        for (unsigned k = 0; k < crew->cards->len; k++) {
            const struct card *card = crew->cards->pdata[k];
            const struct breaker *breaker =
                g_hash_table_lookup(pool->breakers, card->name);
            g_autofree char *doubt =
                signatures_doubt(&pool->how.signatures, card, now_s);
            const struct pool_plugin plugin = {
                .name = card->name,
                .breaker = breaker != NULL ? breaker->state : BREAKER_CLOSED,
                .doubt = doubt,
                .stamp = card->has_stamp ? &card->stamp : NULL,
            };
            each(self, &plugin);
        }
    }
}
