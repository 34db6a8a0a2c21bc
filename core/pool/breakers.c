/* SPDX-License-Identifier: MIT */
/*
 * The circuit breakers of all plugins, by name.  A reload closes them all.
 */
#include "base/clock.h"
#include "base/log.h"
#include "pool/inside.h"

static void free_breaker(void *p)
{
    breaker_clear(p);
    g_free(p);
}

GHashTable *breakers_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_breaker);
}

static struct breaker *find(struct pool *pool, const char *plugin)
{
    struct breaker *breaker = g_hash_table_lookup(pool->breakers, plugin);
    if (breaker != NULL)
        return breaker;
    const struct pool_options *options = pool->how.options;
    const struct breaker_rules rules = {
        .failures = (uint32_t)options->breaker_failures,
        .window_ns = options->breaker_window_ns,
        .backoff_ns = options->breaker_backoff_ns,
        .backoff_max_ns = options->breaker_backoff_max_ns,
    };
    breaker = g_new0(struct breaker, 1);
    breaker_init(breaker, &rules);
    g_hash_table_insert(pool->breakers, g_strdup(plugin), breaker);
    return breaker;
}

/* An operator has to see this. */
static void say(const char *plugin, const struct breaker *breaker,
                uint64_t now_ns)
{
    bool is_closed = breaker->state == BREAKER_CLOSED;
    struct log_event event;
    log_begin(&event, is_closed ? LOG_LEVEL_WARNING : LOG_LEVEL_ERROR,
              is_closed ? "plugin.back" : "plugin.out");
    log_text(&event, "plugin", plugin);
    if (breaker->open_until_ns > now_ns)
        log_number(&event, "again_in_ms",
                   (int64_t)((breaker->open_until_ns - now_ns) / MS_NS));
    log_end(&event);
}

bool breakers_are_idle(const struct pool *pool)
{
    return g_hash_table_size(pool->breakers) == 0;
}

enum breaker_use breakers_ask(struct pool *pool, const char *plugin)
{
    if (breakers_are_idle(pool) ||
        g_hash_table_lookup(pool->breakers, plugin) == NULL)
        return BREAKER_USE;
    return breaker_may_use(find(pool, plugin), clock_mono_ns());
}

void breakers_failed(struct pool *pool, const char *plugin,
                     enum breaker_use use)
{
    uint64_t now_ns = clock_mono_ns();
    struct breaker *breaker = find(pool, plugin);
    if (breaker_failed(breaker, use, now_ns))
        say(plugin, breaker, now_ns);
}

void breakers_worked(struct pool *pool, const char *plugin,
                     enum breaker_use use)
{
    if (use != BREAKER_TRY)
        return;
    uint64_t now_ns = clock_mono_ns();
    struct breaker *breaker = find(pool, plugin);
    if (breaker_worked(breaker, use, now_ns))
        say(plugin, breaker, now_ns);
}

void breakers_unused(struct pool *pool, const char *plugin)
{
    struct breaker *breaker = g_hash_table_lookup(pool->breakers, plugin);
    if (breaker != NULL)
        breaker_unused(breaker, BREAKER_TRY);
}
