/* SPDX-License-Identifier: MIT */
#include "pool/reload.h"

#include "base/clock.h"
#include "base/log.h"
#include "pool/inside.h"

/* --- telling ------------------------------------------------------------------------- */

static void tell(struct reload_wish *wish, bool is_done, const char *why)
{
    struct reload_wish told = *wish;
    *wish = (struct reload_wish){0};
    recipe_free(told.recipe);
    if (told.done != NULL)
        told.done(told.self, is_done, why);
}

/* The alarm: what runs is older than what it was told to be. */
static void fail(struct pool *pool, const char *why)
{
    struct reload *reload = &pool->reload;
    struct log_event event;
    log_begin(&event, LOG_LEVEL_ERROR, "reload.failed");
    log_number(&event, "generation", (int64_t)pool->now->number);
    log_text(&event, "why", why);
    log_end(&event);
    g_free(reload->why);
    reload->why = g_strdup(why);
    pool->counters.reloads_failed++;
    g_free(pool->counters.reload_trouble);
    pool->counters.reload_trouble = g_strdup(why);
    reload->step = RELOAD_IDLE;
    tell(&reload->now, false, reload->why);
}

static void say_begin(const struct pool *pool, bool overlaps)
{
    const struct fit *fit = &pool->reload.fit;
    struct log_event event;
    log_begin(&event, overlaps ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING,
              overlaps ? "reload.overlap" : "reload.drain-first");
    log_number(&event, "generation", (int64_t)pool->next_generation + 1);
    if (fit->is_known) {
        log_number(&event, "needs_mib", (int64_t)(fit->need_bytes >> 20));
        log_number(&event, "free_mib", (int64_t)(fit->free_bytes >> 20));
    }
    if (!overlaps)
        log_text(&event, "why", "messages wait until it is loaded");
    log_end(&event);
}

static void say_done(const struct pool *pool, uint64_t now_ns)
{
    struct log_event event;
    log_begin(&event, LOG_LEVEL_INFO, "reload.done");
    log_number(&event, "generation", (int64_t)pool->now->number);
    log_number(&event, "ms",
               (int64_t)((now_ns - pool->reload.begun_ns) / MS_NS));
    log_end(&event);
}

/* --- its way ------------------------------------------------------------------------- */

static void measure(struct pool *pool)
{
    const GPtrArray *crews = pool->now->crews;
    unsigned workers = 0;
    g_autoptr(GArray) zygotes = g_array_new(false, false, sizeof(pid_t));
    for (unsigned i = 0; i < crews->len; i++) {
        const struct crew *crew = crews->pdata[i];
        workers += crew->wanted;
        if (crew->zygote > 0)
            g_array_append_val(zygotes, crew->zygote);
    }
    fit_measure((const pid_t *)(const void *)zygotes->data, zygotes->len,
                workers, &pool->reload.fit);
}

static void load(struct pool *pool)
{
    struct recipe *recipe = g_steal_pointer(&pool->reload.now.recipe);
    g_autoptr(GError) error = NULL;
    pool->coming = generation_new(pool, recipe, &error);
    if (pool->coming != NULL) {
        pool->reload.step = RELOAD_LOADING;
        return;
    }
    if (pool->now->state == GENERATION_RESTING)
        generation_wake(pool->now);
    fail(pool, error->message);
}

static void begin(struct pool *pool, uint64_t now_ns)
{
    struct reload *reload = &pool->reload;
    reload->now = reload->next;
    reload->next = (struct reload_wish){0};
    reload->begun_ns = now_ns;
    measure(pool);
    enum pool_reload how = reload->now.recipe->options.reload;
    switch (fit_choose(how, &reload->fit)) {
    case FIT_OVERLAP:
        say_begin(pool, true);
        load(pool);
        break;
    case FIT_DRAIN_FIRST:
        say_begin(pool, false);
        generation_leave(pool->now);
        reload->step = RELOAD_EMPTYING;
        break;
    case FIT_NOT:
    default: {
        g_autofree char *why = g_strdup_printf(
            "a second generation needs about %u MiB and %u MiB are free: "
            "[pool] reload = auto or drain-first would have messages wait for it",
            (unsigned)(reload->fit.need_bytes >> 20),
            (unsigned)(reload->fit.free_bytes >> 20));
        fail(pool, why);
        break;
    }
    }
}

/* The memory of processes that are dying is not free yet. */
static void empty(struct pool *pool)
{
    if (pool->now->state == GENERATION_LEAVING && generation_is_left(pool->now))
        generation_rest(pool->now);
    if (pool->now->state == GENERATION_RESTING && crew_bury(pool->dying))
        load(pool);
}

static void give_up(struct pool *pool)
{
    struct generation *failed = g_steal_pointer(&pool->coming);
    g_autofree char *why = g_strdup(failed->why);
    generation_free(failed);
    if (pool->now->state == GENERATION_RESTING)
        generation_wake(pool->now);
    fail(pool, why);
}

static void take_over(struct pool *pool, uint64_t now_ns)
{
    struct generation *old = pool->now;
    pool->now = g_steal_pointer(&pool->coming);
    pool->how = pool->now->recipe->how;
    queue_rebound(&pool->queue, pool->how.options->queue_max,
                  pool->how.options->queue_bytes);
    g_hash_table_remove_all(pool->breakers);
    pool->reload.step = RELOAD_IDLE;
    g_clear_pointer(&pool->reload.why, g_free);
    g_clear_pointer(&pool->counters.reload_trouble, g_free);
    pool->counters.reloads++;
    pool->counters.generation_ns = now_ns;
    generation_leave(old);
    watching_begin(pool);
    say_done(pool, now_ns);
    tell(&pool->reload.now, true, NULL);
}

/* As many workers as the old one has, so that nobody waits for want of them. */
static bool is_at_work(const struct pool *pool)
{
    const struct crew *home = pool->coming->home;
    return pool->coming->state == GENERATION_READY &&
           crew_ready(home) >= MIN(home->wanted, crew_ready(pool->now->home)) &&
           crew_ready(home) > 0;
}

static void tend_leaving(struct pool *pool)
{
    for (unsigned i = pool->generations->len; i > 0; i--) {
        struct generation *generation = pool->generations->pdata[i - 1];
        if (generation != pool->now &&
            generation->state == GENERATION_LEAVING &&
            generation_is_left(generation)) {
            generation_free(generation);
            tally_forget(pool);
        }
    }
}

void reload_tend(struct pool *pool, uint64_t now_ns)
{
    tend_leaving(pool);
    switch (pool->reload.step) {
    case RELOAD_IDLE:
        if (pool->reload.next.recipe != NULL && !pool->is_ending)
            begin(pool, now_ns);
        break;
    case RELOAD_EMPTYING:
        empty(pool);
        break;
    case RELOAD_LOADING:
        if (pool->coming->state == GENERATION_FAILED)
            give_up(pool);
        else if (is_at_work(pool))
            take_over(pool, now_ns);
        break;
    default:
        break;
    }
}

void reload_clear(struct reload *reload)
{
    recipe_free(reload->now.recipe);
    recipe_free(reload->next.recipe);
    g_free(reload->why);
    *reload = (struct reload){0};
}

/* --- what a front calls ---------------------------------------------------------------- */

bool pool_reload(struct pool *pool, const struct pool_how *how,
                 pool_reload_fn done, void *self, GError **error)
{
    struct recipe *recipe = recipe_new(how, pool->program, error);
    if (recipe == NULL)
        return false;
    if (pool->reload.next.recipe != NULL)
        tell(&pool->reload.next, false, "a later one has taken its place");
    pool->reload.next = (struct reload_wish){recipe, done, self};
    return true;
}

bool pool_is_reloading(const struct pool *pool)
{
    return pool->reload.step != RELOAD_IDLE || pool->reload.next.recipe != NULL;
}

const char *pool_reload_why(const struct pool *pool)
{
    return pool->reload.why;
}

uint64_t pool_generation(const struct pool *pool)
{
    return pool->now->number;
}
