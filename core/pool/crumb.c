/* SPDX-License-Identifier: MIT */
#include "pool/crumb.h"

#include "base/clock.h"
#include "base/escape.h"
#include "pool/syscalls.h"

#include <errno.h>
#include <string.h>

/* A scanner that says where it is before it goes there. */
struct watched {
    struct scanner scanner;
    const struct scanner *inner;
    struct crumb *crumb;
    uint32_t number; /* place + 1 in the plan */
};

static void leave(struct crumb *crumb, struct object *object)
{
    if (object == NULL) {
        crumb->where[0] = '\0';
        crumb->type[0] = '\0';
        crumb->size = 0;
        crumb->has_digest = 0;
        return;
    }
    g_strlcpy(crumb->where, object->path != NULL ? object->path : "",
              sizeof crumb->where);
    g_strlcpy(crumb->type, object->type_detected, sizeof crumb->type);
    crumb->size = object->size;
    crumb->has_digest = object->has_digest;
    if (object->has_digest)
        memcpy(crumb->digest, object->digest, sizeof crumb->digest);
}

static void enter(struct crumb *crumb, uint32_t number)
{
    errno = 0; /* what failed before is not this plugin's (starved.h) */
    atomic_store_explicit(&crumb->call_ns, clock_mono_ns(),
                          memory_order_relaxed);
    atomic_store_explicit(&crumb->scanner, number, memory_order_release);
}

void crumb_call(struct crumb *crumb, uint32_t place)
{
    leave(crumb, NULL);
    enter(crumb, place + 1);
}

void crumb_return(struct crumb *crumb)
{
    syscalls_blame(NULL);
    atomic_store_explicit(&crumb->scanner, 0, memory_order_release);
    atomic_store_explicit(&crumb->call_ns, 0, memory_order_relaxed);
}

static int32_t watched_handle(void *self, struct task *task)
{
    const struct watched *w = self;
    leave(w->crumb, task->object);
    enter(w->crumb, w->number);
    syscalls_blame(w->inner->name);
    int32_t rc = w->inner->handle(w->inner->self, task);
    crumb_return(w->crumb);
    return rc;
}

void crumb_watch_init(struct crumb_watch *watch, const struct scan_plan *plan,
                      struct crumb *crumb)
{
    watch->plan = *plan;
    watch->all = g_new0(struct watched, plan->scanner_n + 1);
    watch->scanners = g_new0(const struct scanner *, plan->scanner_n + 1);
    for (size_t i = 0; i < plan->scanner_n; i++) {
        struct watched *w = &watch->all[i];
        *w = (struct watched){
            .scanner = *plan->scanners[i],
            .inner = plan->scanners[i],
            .crumb = crumb,
            .number = (uint32_t)i + 1,
        };
        w->scanner.self = w;
        w->scanner.handle = watched_handle;
        watch->scanners[i] = &w->scanner;
    }
    watch->plan.scanners = watch->scanners;
}

void crumb_watch_clear(struct crumb_watch *watch)
{
    g_free(watch->all);
    g_free(watch->scanners);
    *watch = (struct crumb_watch){0};
}

void crumb_begin(struct crumb *crumb, uint64_t ticket)
{
    leave(crumb, NULL);
    atomic_store_explicit(&crumb->scanner, 0, memory_order_relaxed);
    atomic_store_explicit(&crumb->call_ns, 0, memory_order_relaxed);
    atomic_store_explicit(&crumb->denied, 0, memory_order_relaxed);
    atomic_store_explicit(&crumb->since_ns, clock_mono_ns(),
                          memory_order_relaxed);
    atomic_store_explicit(&crumb->ticket, ticket, memory_order_release);
}

/* Text that another process may change while it is read. */
static void copy_text(const char *from, char *to, size_t size)
{
    char raw[CRUMB_WHERE_SIZE];
    memcpy(raw, from, size);
    raw[size - 1] = '\0';
    g_autofree char *clean = escape_clean_dup(raw, strlen(raw), size - 1);
    g_strlcpy(to, clean, size);
}

void crumb_read(const struct crumb *crumb, size_t scanner_n,
                struct crumb_copy *out)
{
    *out = (struct crumb_copy){
        .ticket = atomic_load_explicit(&crumb->ticket, memory_order_acquire),
        .since_ns = atomic_load(&crumb->since_ns),
        .call_ns = atomic_load(&crumb->call_ns),
        .scanner = atomic_load(&crumb->scanner),
        .denied = atomic_load(&crumb->denied),
        .size = *(const volatile uint64_t *)&crumb->size,
        .has_digest = *(const volatile uint8_t *)&crumb->has_digest == 1,
        .is_starved = atomic_load(&crumb->starved) != 0,
    };
    if (out->scanner > scanner_n)
        out->scanner = 0;
    memcpy(out->digest, crumb->digest, sizeof out->digest);
    copy_text(crumb->where, out->where, sizeof out->where);
    copy_text(crumb->type, out->type, sizeof out->type);
}
