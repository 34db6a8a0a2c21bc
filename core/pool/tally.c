/* SPDX-License-Identifier: MIT */
/*
 * What happened, into the counters and crash reports.
 */
#include "base/clock.h"
#include "base/log.h"
#include "host/card.h"
#include "pool/crash.h"
#include "pool/inside.h"
#include "pool/memory.h"

#include <assay/plugin.h>

#include <string.h>

static struct plugin_counters *plugin_of(struct pool *pool,
                                         const struct generation *generation,
                                         const char *name)
{
    int place = planning_place(generation, name);
    return place < 0 ? NULL
                     : counters_plugin(&pool->counters, name,
                                       generation->crew_of[place]->class_id);
}

static bool has_failed(const struct scan *scan)
{
    for (unsigned i = 0; i < scan->findings->len; i++)
        if (((const struct finding *)scan->findings->pdata[i])->kind ==
            ASSAY_KIND_FAILED)
            return true;
    return false;
}

static void count_findings(struct counters *counters, const struct scan *scan)
{
    for (unsigned i = 0; i < scan->findings->len; i++) {
        const struct finding *f = scan->findings->pdata[i];
        for (unsigned k = 0; k < counters->plugins->len; k++) {
            struct plugin_counters *p = counters->plugins->pdata[k];
            if (p->name == f->plugin && f->kind < COUNTERS_KINDS)
                p->findings[f->kind]++;
        }
    }
}

static void count_uses(struct pool *pool, const struct scan *scan)
{
    for (size_t i = 0; i < scan->plan->scanner_n; i++) {
        const struct scan_use *use = &scan->uses[i];
        struct plugin_counters *p =
            use->calls == 0 || pool->now == NULL
                ? NULL
                : plugin_of(pool, pool->now, use->scanner);
        if (p == NULL)
            continue;
        p->calls += use->calls;
        histogram_add(&p->time, use->ns / use->calls);
    }
}

void tally_answer(struct job *job, const struct message *message,
                  const struct scan *scan)
{
    struct counters *counters = &job->pool->counters;
    uint64_t now_ns = clock_mono_ns();
    if (job->generation != NULL)
        return; /* nobody's message */
    if (job->request.until != 0) {
        /* What was found is counted with the message. */
        counters->stages++;
        return;
    }
    if (job->is_unread) {
        counters->deferred++;
        counters->held += job->trial.step == TRIAL_HELD;
        return;
    }
    const struct counted_scan counted = {
        .priority = job->item.priority,
        .ns = now_ns - job->begin_ns,
        .bytes = g_bytes_get_size(job->request.raw),
        .objects = message->objects->len,
        .is_failed = has_failed(scan),
    };
    counters_scanned(counters, &counted, now_ns);
    count_uses(job->pool, scan);
    if (scan->findings->len > 0)
        count_findings(counters, scan);
}

/* --- deaths ---------------------------------------------------------------------------- */

static enum crash_reason reason_of(const struct death *death)
{
    switch (death->cause) {
    case DEATH_EXIT:
        return CRASH_EXIT;
    case DEATH_TIMEOUT:
        return CRASH_TIME;
    case DEATH_DENIED:
        return CRASH_DENIED;
    case DEATH_MEMORY:
        return CRASH_LIMIT;
    case DEATH_TRAY:
        return CRASH_TRAY;
    case DEATH_OUTSIDE:
        return CRASH_KILLED;
    case DEATH_SIGNAL:
        break;
    }
    return CRASH_SIGNAL;
}

static void report(const struct crew *crew, const struct seat *seat,
                   const struct death *death, const struct crumb_copy *crumb)
{
    const struct generation *generation = crew->self;
    const struct pool_options *options = &generation->recipe->options;
    uint64_t now_ns = clock_mono_ns();
    struct crash crash = {
        .reason = reason_of(death),
        .number = death->number,
        .plugin = death->scanner,
        .class_name = crew->class_name,
        .generation = generation->number,
        .worker = seat->number,
        .pid = seat->pid,
        .denied = crumb->denied,
        .place = crumb->where,
        .type = crumb->type,
        .size = crumb->size,
        .has_digest = crumb->has_digest,
        .wall_s = clock_unix_s(),
    };
    memcpy(crash.digest, crumb->digest, sizeof crash.digest);
    if (crumb->call_ns != 0 && crumb->call_ns < now_ns)
        crash.took_ns = now_ns - crumb->call_ns;
    crash_log(&crash);
    g_autoptr(GError) error = NULL;
    if (options->crash_dir == NULL ||
        crash_write(&crash, options->crash_dir, options->crash_keep, &error))
        return;
    struct log_event event;
    log_begin(&event, LOG_LEVEL_ERROR, "crash.unwritten");
    log_text(&event, "why", error->message);
    log_end(&event);
}

static void count_plugin(struct pool *pool, const struct crew *crew,
                         const struct death *death)
{
    struct plugin_counters *p =
        death->scanner != NULL ? plugin_of(pool, crew->self, death->scanner)
                               : NULL;
    if (p == NULL)
        return;
    p->timeouts += death->cause == DEATH_TIMEOUT;
    p->crashes += death->cause == DEATH_SIGNAL || death->cause == DEATH_EXIT;
    p->limits += death->cause == DEATH_MEMORY;
    p->denied += death->cause == DEATH_DENIED;
    p->kills += death->cause == DEATH_TIMEOUT || death->cause == DEATH_TRAY;
}

void tally_death(struct crew *crew, const struct seat *seat,
                 const struct death *death, const struct crumb_copy *crumb)
{
    struct generation *generation = crew->self;
    struct pool *pool = generation->pool;
    struct class_counters *class =
        counters_class(&pool->counters, crew->class_id);
    class->restarts++;
    if (death->cause == DEATH_OUTSIDE && seat->was_killed) {
        class->recycled++; /* our own doing, nobody's fault */
        return;
    }
    class->kills += seat->was_killed;
    class->crashes += !seat->was_killed;
    count_plugin(pool, crew, death);
    if (!pool->is_ending)
        report(crew, seat, death, crumb);
}

void tally_ready(struct crew *crew, const struct seat *seat, uint64_t now_ns)
{
    struct generation *generation = crew->self;
    struct class_counters *class =
        counters_class(&generation->pool->counters, crew->class_id);
    class->starts++;
    histogram_add(&class->start_time, now_ns - seat->forked_ns);
}

static void add_names(struct crew *crew, GPtrArray *plugins)
{
    for (unsigned i = 0; i < crew->cards->len; i++) {
        struct card *card = crew->cards->pdata[i];
        g_ptr_array_add(plugins, g_strdup(card->name));
    }
    /* Refused now, perhaps not by the next generation. */
    for (unsigned i = 0; i < crew->refusals->len; i++) {
        struct refusal *refusal = crew->refusals->pdata[i];
        g_ptr_array_add(plugins, g_strdup(refusal->name));
    }
}

/* Names of which there are counters to keep, NULL-ended. */
struct kept {
    GPtrArray *plugins;
    GPtrArray *classes;
};

static void keep_crew(void *self, struct crew *crew)
{
    struct kept *kept = self;
    g_ptr_array_add(kept->classes, g_strdup(crew->class_name));
    add_names(crew, kept->plugins);
}

void tally_forget(struct pool *pool)
{
    struct kept kept = {
        .plugins = g_ptr_array_new_with_free_func(g_free),
        .classes = g_ptr_array_new_with_free_func(g_free),
    };
    pool_each_crew(pool, keep_crew, &kept);
    g_ptr_array_add(kept.plugins, NULL);
    g_ptr_array_add(kept.classes, NULL);
    counters_keep(&pool->counters,
                  (const char *const *)(void *)kept.plugins->pdata,
                  (const char *const *)(void *)kept.classes->pdata);
    g_ptr_array_unref(kept.plugins);
    g_ptr_array_unref(kept.classes);
}

/* --- now --------------------------------------------------------------------------------- */

/* What workers share with their zygote counts once. */
static uint64_t memory_of(const struct crew *crew)
{
    uint64_t shared = crew->zygote > 0 ? memory_resident(crew->zygote) : 0;
    uint64_t sum = shared;
    for (unsigned i = 0; i < crew->seat_n; i++) {
        pid_t pid = crew->seats[i].seat.pid;
        uint64_t resident = pid > 0 ? memory_resident(pid) : 0;
        sum += resident > shared ? resident - shared : 0;
    }
    return sum;
}

static void see_crew(void *self, struct crew *crew)
{
    struct pool *pool = self;
    struct generation *generation = crew->self;
    if (generation != pool->now)
        return;
    struct class_counters *class =
        counters_class(&pool->counters, crew->class_id);
    class->workers_min = crew->options.workers_min;
    class->workers_max = crew->options.workers_max;
    class->workers = class->busy = 0;
    class->memory = memory_of(crew);
    for (unsigned i = 0; i < crew->seat_n; i++) {
        const struct seat *seat = &crew->seats[i].seat;
        class->workers += seat->pid > 0;
        class->busy += seat->load_n > 0;
    }
    for (unsigned i = 0; i < crew->cards->len; i++) {
        const struct card *card = crew->cards->pdata[i];
        const struct breaker *breaker =
            g_hash_table_lookup(pool->breakers, card->name);
        struct plugin_counters *p =
            counters_plugin(&pool->counters, card->name, crew->class_id);
        p->has_stamp = card->has_stamp;
        p->stamp = card->stamp;
        p->breaker = breaker != NULL ? breaker->state : BREAKER_CLOSED;
        p->times_opened = breaker != NULL ? breaker->times_opened : 0;
    }
}

char *pool_status(struct pool *pool)
{
    uint64_t now_ns = clock_mono_ns();
    struct counters *counters = &pool->counters;
    counters_see_queue(counters, &pool->queue, now_ns);
    counters->in_flight =
        g_hash_table_size(pool->jobs) - (unsigned)pool->queue.items;
    counters->generation = pool->now != NULL ? pool->now->number : 0;
    pool_each_crew(pool, see_crew, pool);
    return counters_json(counters, now_ns, clock_unix_s());
}
