/* SPDX-License-Identifier: MIT */
/*
 * One set of crews, from its start to its end: its states, and what is done in each.
 */
#include "base/clock.h"
#include "pool/inside.h"

#include <string.h>

static const char barren_text[] =
    "no worker process stays alive, so a plugin may die at its start: run assay "
    "plugins --test";

static void free_crew(void *crew)
{
    crew_free(crew);
}

struct generation *generation_new(struct pool *pool, struct recipe *recipe,
                                  GError **error)
{
    struct generation *generation = g_new0(struct generation, 1);
    generation->pool = pool;
    generation->recipe = recipe;
    generation->number = ++pool->next_generation;
    generation->begun_ns = clock_mono_ns();
    generation->read_ns = (uint64_t)g_get_real_time() * 1000;
    generation->crews = g_ptr_array_new_with_free_func(free_crew);
    generation->refusals = g_ptr_array_new();
    generation->carries = g_ptr_array_new_with_free_func(carry_free);
    g_ptr_array_add(pool->generations, generation);
    if (gaps_allow(pool, recipe, error) && loading_begin(generation, error))
        return generation;
    generation_free(generation);
    return NULL;
}

void generation_free(struct generation *generation)
{
    if (generation == NULL)
        return;
    g_ptr_array_remove(generation->pool->generations, generation);
    g_ptr_array_unref(generation->crews);
    g_ptr_array_unref(generation->carries);
    g_ptr_array_unref(generation->refusals);
    admission_free(generation->admission);
    g_free(generation->store);
    g_free(generation->scanners);
    g_free(generation->crew_of);
    g_free(generation->why);
    recipe_free(generation->recipe);
    g_free(generation);
}

/* --- its way ------------------------------------------------------------------------- */

void generation_fail(struct generation *generation, const char *why)
{
    if (generation->state == GENERATION_FAILED)
        return;
    generation->state = GENERATION_FAILED;
    generation->why = g_strdup(why);
}

static void start_home(struct generation *generation)
{
    g_autoptr(GError) error = NULL;
    if (loading_home(generation, &error))
        generation->state = GENERATION_HOME;
    else
        generation_fail(generation, error->message);
}

/* One worker of each crew is enough to be tested. */
static void begin_test(struct generation *generation)
{
    g_autoptr(GError) error = NULL;
    if (!planning_make(generation, &error)) {
        generation_fail(generation, error->message);
        return;
    }
    generation->admission = admission_new(generation);
    for (unsigned i = 0; i < generation->crews->len; i++) {
        struct crew *crew = generation->crews->pdata[i];
        crew->wanted = 1;
        crew->home = generation->home;
    }
    generation->state = GENERATION_TESTING;
}

/* As many workers as its predecessor has come to need. */
static unsigned wanted_after(const struct generation *old,
                             const struct crew *crew)
{
    unsigned wanted = (unsigned)crew->options.workers_min;
    for (unsigned i = 0; old != NULL && i < old->crews->len; i++) {
        const struct crew *other = old->crews->pdata[i];
        if (strcmp(other->class_name, crew->class_name) == 0)
            wanted = MAX(wanted, other->wanted);
    }
    return MIN(wanted, crew->seat_n);
}

static void end_test(struct generation *generation)
{
    const struct generation *old = generation->pool->now;
    g_autofree char *why = admission_judge(generation->admission,
                                           old != NULL ? old->admission : NULL);
    if (why != NULL) {
        generation_fail(generation, why);
        return;
    }
    for (unsigned i = 0; i < generation->crews->len; i++) {
        struct crew *crew = generation->crews->pdata[i];
        crew->wanted = wanted_after(old, crew);
    }
    generation->state = GENERATION_READY;
}

/* One after the other: the home class may still need guests for what it has. */
static void retire(struct generation *generation, uint64_t now_ns)
{
    bool is_home_left = crew_is_empty(generation->home);
    for (unsigned i = 0; i < generation->crews->len; i++) {
        struct crew *crew = generation->crews->pdata[i];
        if (is_home_left || crew->is_home)
            crew_retire(crew);
        else
            crew_tend(crew, now_ns);
    }
    carry_expire(generation, now_ns);
}

static void look_at_time(struct generation *generation, uint64_t now_ns)
{
    uint64_t most_ns = generation->recipe->options.load_time_ns;
    if (now_ns - generation->begun_ns <= most_ns)
        return;
    g_autofree char *why = g_strdup_printf(
        "it was not ready after %u s: [pool] load_time is how long plugins may "
        "take to load",
        (unsigned)(most_ns / (1000 * MS_NS)));
    generation_fail(generation, why);
}

static void tend_crews(struct generation *generation, uint64_t now_ns)
{
    for (unsigned i = 0; i < generation->crews->len; i++) {
        struct crew *crew = generation->crews->pdata[i];
        if (generation->home->has_new_trays && !crew->is_home)
            crew_kill_all(crew);
        crew_tend(crew, now_ns);
    }
    generation->home->has_new_trays = false;
    carry_expire(generation, now_ns);
}

void generation_tend(struct generation *generation, uint64_t now_ns)
{
    if (generation->state == GENERATION_GUESTS &&
        loading_is_over(generation, now_ns))
        start_home(generation);
    if (generation->state == GENERATION_HOME &&
        loading_is_over(generation, now_ns))
        begin_test(generation);
    switch (generation->state) {
    case GENERATION_GUESTS:
    case GENERATION_HOME:
        look_at_time(generation, now_ns);
        break;
    case GENERATION_TESTING:
        tend_crews(generation, now_ns);
        if (crew_is_barren(generation->home))
            generation_fail(generation, barren_text);
        else if (admission_tend(generation->admission))
            end_test(generation);
        else
            look_at_time(generation, now_ns);
        break;
    case GENERATION_READY:
        tend_crews(generation, now_ns);
        break;
    case GENERATION_LEAVING:
        retire(generation, now_ns);
        break;
    case GENERATION_FAILED:
    case GENERATION_RESTING:
    default:
        break;
    }
}

void generation_leave(struct generation *generation)
{
    generation->state = GENERATION_LEAVING;
    retire(generation, clock_mono_ns());
}

bool generation_is_left(const struct generation *generation)
{
    for (unsigned i = 0; i < generation->crews->len; i++)
        if (!crew_is_empty(generation->crews->pdata[i]))
            return false;
    return true;
}

void generation_rest(struct generation *generation)
{
    for (unsigned i = 0; i < generation->crews->len; i++)
        crew_rest(generation->crews->pdata[i]);
    generation->state = GENERATION_RESTING;
}

void generation_wake(struct generation *generation)
{
    for (unsigned i = 0; i < generation->crews->len; i++)
        crew_wake(generation->crews->pdata[i]);
    generation->state = GENERATION_READY;
}
