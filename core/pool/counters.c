/* SPDX-License-Identifier: MIT */
#include "pool/counters.h"

#include <string.h>

void counters_init(struct counters *counters, uint64_t now_ns)
{
    *counters = (struct counters){
        .since_ns = now_ns,
        .per_second = {.fade_ns = RATE_SECOND_NS, .since_ns = now_ns},
        .per_minute = {.fade_ns = RATE_MINUTE_NS, .since_ns = now_ns},
        .plugins = g_ptr_array_new_with_free_func(g_free),
        .classes = g_ptr_array_new_with_free_func(g_free),
    };
}

void counters_clear(struct counters *counters)
{
    if (counters->plugins != NULL)
        g_ptr_array_unref(counters->plugins);
    if (counters->classes != NULL)
        g_ptr_array_unref(counters->classes);
    g_free(counters->reload_trouble);
    *counters = (struct counters){0};
}

struct plugin_counters *counters_plugin(struct counters *counters,
                                        const char *name,
                                        const char *class_name)
{
    struct plugin_counters *found = NULL;
    for (unsigned i = 0; i < counters->plugins->len && found == NULL; i++) {
        struct plugin_counters *p = g_ptr_array_index(counters->plugins, i);
        if (strcmp(p->name, name) == 0)
            found = p;
    }
    if (found == NULL) {
        found = g_new0(struct plugin_counters, 1);
        found->name = g_intern_string(name);
        g_ptr_array_add(counters->plugins, found);
    }
    found->class_name = g_intern_string(class_name);
    return found;
}

struct class_counters *counters_class(struct counters *counters,
                                      const char *name)
{
    for (unsigned i = 0; i < counters->classes->len; i++) {
        struct class_counters *c = g_ptr_array_index(counters->classes, i);
        if (strcmp(c->name, name) == 0)
            return c;
    }
    struct class_counters *made = g_new0(struct class_counters, 1);
    made->name = g_intern_string(name);
    g_ptr_array_add(counters->classes, made);
    return made;
}

void counters_keep(struct counters *counters, const char *const *plugins,
                   const char *const *classes)
{
    for (unsigned i = counters->plugins->len; plugins != NULL && i > 0; i--) {
        const struct plugin_counters *p =
            g_ptr_array_index(counters->plugins, i - 1);
        if (!g_strv_contains(plugins, p->name))
            g_ptr_array_remove_index(counters->plugins, i - 1);
    }
    for (unsigned i = counters->classes->len; classes != NULL && i > 0; i--) {
        const struct class_counters *c =
            g_ptr_array_index(counters->classes, i - 1);
        if (!g_strv_contains(classes, c->name))
            g_ptr_array_remove_index(counters->classes, i - 1);
    }
}

void counters_scanned(struct counters *counters,
                      const struct counted_scan *scan, uint64_t now_ns)
{
    counters->scanned[scan->priority]++;
    counters->bytes += scan->bytes;
    counters->objects += scan->objects;
    if (scan->is_failed)
        counters->failed++;
    histogram_add(&counters->time, scan->ns);
    rate_add(&counters->per_second, 1, now_ns);
    rate_add(&counters->per_minute, 1, now_ns);
}

void counters_see_queue(struct counters *counters, const struct queue *queue,
                        uint64_t now_ns)
{
    for (unsigned p = 0; p < POOL_PRIORITIES; p++) {
        uint64_t n = queue->lines[p].items;
        counters->waiting[p] = n;
        counters->waiting_max[p] = MAX(counters->waiting_max[p], n);
        counters->waiting_ns[p] =
            queue_age_ns(queue, (enum pool_priority)p, now_ns);
    }
    counters->waiting_bytes = queue->bytes;
}
