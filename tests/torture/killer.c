/* SPDX-License-Identifier: MIT */
#include "killer.h"

#include "host/class.h"

#include <signal.h>
#include <string.h>

enum {
    KILL_MS = 400, /* between two kills, on average */
    ZYGOTE_MS = 15000
};

static const uint64_t ms_ns = 1000000;

/* One process that can be killed. */
struct prey {
    const char *class_name;
    pid_t pid;
};

static uint64_t later(struct killer *killer, uint64_t now_ns, unsigned ms)
{
    uint64_t random_ms = (uint64_t)g_rand_int_range(
        killer->random, (gint32)ms / 4, (gint32)ms * 2);
    return now_ns + random_ms * ms_ns;
}

void killer_init(struct killer *killer, const struct pool *pool, GRand *random)
{
    *killer = (struct killer){.pool = pool, .random = random};
    killer->gaps = g_array_new(false, false, sizeof(struct killer_gap));
}

void killer_clear(struct killer *killer)
{
    g_array_unref(killer->gaps);
    *killer = (struct killer){0};
}

static void add_worker(void *self, const char *class_name, unsigned number,
                       pid_t pid)
{
    const struct prey prey = {g_intern_string(class_name), pid};
    (void)number;
    if (pid > 0)
        g_array_append_val((GArray *)self, prey);
}

static void add_zygote(void *self, const char *class_name, pid_t pid)
{
    add_worker(self, class_name, 0, pid);
}

/* Half of the time one of "main", if there is one. */
static const struct prey *choose(struct killer *killer, const GArray *all)
{
    const struct prey *chosen = NULL;
    bool wants_home = g_rand_boolean(killer->random);
    unsigned first =
        (unsigned)g_rand_int_range(killer->random, 0, (gint32)MAX(all->len, 1));
    for (unsigned i = 0; i < all->len; i++) {
        const struct prey *prey =
            &g_array_index(all, struct prey, (first + i) % all->len);
        bool is_home = strcmp(prey->class_name, CLASS_MAIN) == 0;
        if (chosen == NULL || (is_home == wants_home))
            chosen = prey;
        if (is_home == wants_home)
            break;
    }
    return chosen;
}

static bool is_home(const struct prey *prey)
{
    return strcmp(prey->class_name, CLASS_MAIN) == 0;
}

static void kill_worker(struct killer *killer, uint64_t oldest_ns,
                        uint64_t now_ns)
{
    g_autoptr(GArray) all = g_array_new(false, false, sizeof(struct prey));
    pool_each_worker(killer->pool, add_worker, all);
    const struct prey *prey = choose(killer, all);
    if (prey == NULL || (is_home(prey) && oldest_ns <= killer->home_killed_ns))
        return;
    if (kill(prey->pid, SIGKILL) != 0)
        return;
    killer->kills++;
    if (is_home(prey))
        killer->home_killed_ns = now_ns;
}

static void kill_zygote(struct killer *killer, uint64_t oldest_ns,
                        uint64_t now_ns)
{
    g_autoptr(GArray) all = g_array_new(false, false, sizeof(struct prey));
    pool_each_zygote(killer->pool, add_zygote, all);
    const struct prey *prey = choose(killer, all);
    if (prey == NULL || (is_home(prey) && oldest_ns <= killer->home_killed_ns))
        return;
    const struct killer_gap gap = {.class_name = prey->class_name,
                                   .pid = prey->pid,
                                   .from_ns = now_ns,
                                   .to_ns = UINT64_MAX};
    if (kill(prey->pid, SIGKILL) != 0)
        return;
    killer->zygotes++;
    g_array_append_val(killer->gaps, gap);
    if (is_home(prey))
        killer->home_killed_ns = now_ns;
}

/* Ends the gap of every class that has another zygote and a worker again. */
static void end_gaps(struct killer *killer, uint64_t now_ns)
{
    g_autoptr(GArray) zygotes = g_array_new(false, false, sizeof(struct prey));
    g_autoptr(GArray) workers = g_array_new(false, false, sizeof(struct prey));
    pool_each_zygote(killer->pool, add_zygote, zygotes);
    pool_each_worker(killer->pool, add_worker, workers);
    for (unsigned i = 0; i < killer->gaps->len; i++) {
        struct killer_gap *gap =
            &g_array_index(killer->gaps, struct killer_gap, i);
        bool is_new = false;
        bool has_worker = false;
        for (unsigned k = 0; k < zygotes->len; k++) {
            const struct prey *p = &g_array_index(zygotes, struct prey, k);
            is_new |= p->class_name == gap->class_name && p->pid != gap->pid;
        }
        for (unsigned k = 0; k < workers->len; k++)
            has_worker |= g_array_index(workers, struct prey, k).class_name ==
                          gap->class_name;
        if (gap->to_ns == UINT64_MAX && is_new && has_worker)
            gap->to_ns = now_ns;
    }
}

void killer_look(struct killer *killer, uint64_t oldest_ns, uint64_t now_ns)
{
    if (killer->next_ns == 0) {
        killer->next_ns = later(killer, now_ns, KILL_MS);
        killer->next_zygote_ns = later(killer, now_ns, ZYGOTE_MS);
    }
    if (now_ns >= killer->next_ns) {
        kill_worker(killer, oldest_ns, now_ns);
        end_gaps(killer, now_ns);
        killer->next_ns = later(killer, now_ns, KILL_MS);
    }
    if (now_ns >= killer->next_zygote_ns) {
        kill_zygote(killer, oldest_ns, now_ns);
        killer->next_zygote_ns = later(killer, now_ns, ZYGOTE_MS);
    }
}

bool killer_was_gap(const struct killer *killer, const char *class_name,
                    uint64_t from_ns)
{
    for (unsigned i = 0; i < killer->gaps->len; i++) {
        const struct killer_gap *gap =
            &g_array_index(killer->gaps, struct killer_gap, i);
        if (gap->to_ns >= from_ns && strcmp(gap->class_name, class_name) == 0)
            return true;
    }
    return false;
}
