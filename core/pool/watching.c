/* SPDX-License-Identifier: MIT */
/*
 * Whether the files of the running generation have changed.
 */
#include "base/log.h"
#include "pool/inside.h"

static GPtrArray *paths_of(const struct generation *generation)
{
    const struct conf *conf = generation->recipe->conf;
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *name = g_path_get_basename(conf->path);
    g_ptr_array_add(paths, g_build_filename(conf->dir, name, NULL));
    for (unsigned i = 0; i < generation->crews->len; i++) {
        const struct crew *crew = generation->crews->pdata[i];
        for (unsigned k = 0; k < crew->paths->len; k++)
            g_ptr_array_add(paths, g_strdup(crew->paths->pdata[k]));
    }
    return paths;
}

void watching_begin(struct pool *pool)
{
    const struct generation *generation = pool->now;
    if (pool->how.changed == NULL || pool->how.options->watch == 0) {
        g_clear_pointer(&pool->watch, watch_free);
        return;
    }
    if (pool->watch == NULL) {
        pool->watch = watch_new();
        if (pool->watch == NULL)
            return;
        pool_listen(pool, watch_fd(pool->watch));
    }
    g_autoptr(GPtrArray) paths = paths_of(generation);
    watch_set(pool->watch, paths, generation->read_ns);
}

void watching_look(struct pool *pool, uint64_t now_ns)
{
    struct log_event event;
    if (pool->watch == NULL || !watch_look(pool->watch, now_ns))
        return;
    log_begin(&event, LOG_LEVEL_INFO, "watch.changed");
    log_number(&event, "generation", (int64_t)pool->now->number);
    log_end(&event);
    pool->how.changed(pool->how.changed_self);
}
