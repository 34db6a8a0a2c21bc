/* SPDX-License-Identifier: MIT */
/*
 * One set of crews: first the classes beside "main", then "main", whose workers need
 * to know the plugins of the others.
 */
#include "base/clock.h"
#include "base/error.h"
#include "host/card.h"
#include "host/class.h"
#include "host/section.h"
#include "pool/inside.h"

#include <string.h>

static const char barren_text[] =
    "no worker process stays alive, so a plugin may die at its start: run assay "
    "plugins --test";

enum {
    LOSSES_MAX = 2 /* zygotes that die while they load */
};

static void on_ready(void *self, struct crew *crew, struct seat *seat,
                     const struct hello *hello)
{
    struct generation *generation = self;
    tally_ready(crew, seat, clock_mono_ns());
    gaps_tell(crew, &hello->sandbox);
    carry_serve(generation, crew);
    if (generation->state == GENERATION_TESTING)
        admission_greet(generation->admission, crew, hello);
}

static void on_died(void *self, struct crew *crew, struct seat *seat,
                    int status)
{
    (void)self;
    death_of_seat(crew, seat, status);
}

static const struct crew_events events = {
    .ready = on_ready,
    .died = on_died,
};

static GBytes *pack_foreign(const struct generation *generation)
{
    GByteArray *bytes = g_byte_array_new();
    struct packer to;
    packer_grow(&to, bytes, 8 << 20);
    for (unsigned i = 0; i < generation->crews->len; i++) {
        const struct crew *crew = generation->crews->pdata[i];
        for (unsigned k = 0; k < crew->cards->len; k++)
            card_pack(crew->cards->pdata[k], &to);
    }
    return g_byte_array_free_to_bytes(bytes);
}

static bool start_crew(struct generation *generation, const char *class_name,
                       GBytes *foreign, GError **error)
{
    struct pool *pool = generation->pool;
    const struct recipe *recipe = generation->recipe;
    const struct pool_options *options = &recipe->options;
    struct class_options class;
    struct account account;
    if (!class_options_read(recipe->conf, class_name, options, &class, error))
        return false;
    if (!gaps_account(class.user, &account, error)) {
        class_options_clear(&class);
        return false;
    }
    bool is_home = strcmp(class_name, CLASS_MAIN) == 0;
    bool has_guests = generation->crews->len > 0 || !is_home;
    g_autofree char *name = g_strdup(class_name);
    const struct zygote_task task = {
        .class_name = name,
        .conf_path = recipe->conf->path,
        .conf_dir = recipe->conf->dir,
        .conf_text = recipe->conf->text,
        .only_file = recipe->only_file,
        .no_plugins = recipe->how.no_plugins,
        .foreign = foreign,
        .uid = account.uid,
        .gid = account.gid,
        .sandbox_is_required = options->sandbox == POOL_SANDBOX_REQUIRED,
        .landlock_abi_max = recipe->how.landlock_abi_max,
        .memory_bytes = class.memory,
    };
    struct crew_how how = {
        .task = &task,
        .program = pool->program,
        .is_home = is_home,
        .seat_n = (unsigned)class.workers_max,
        .epoll = pool->epoll,
        .dying = pool->dying,
        .events = &events,
        .self = generation,
    };
    tray_shape_for(recipe->limits.max_message_bytes, recipe->limits.max_bytes,
                   has_guests, (uint32_t)options->slots, &how.shape);
    if (is_home)
        how.shape.large_reply = tray_home_reply(&recipe->limits);
    struct crew *crew = crew_new(&how, error);
    if (crew == NULL) {
        class_options_clear(&class);
        return false;
    }
    crew->options = class;
    /* So that a class that does not come up is known before all time is over. */
    crew->start_ns = options->load_time_ns / 4;
    crew->wanted = (unsigned)class.workers_min;
    crew->load_max_ns = options->load_time_ns;
    g_ptr_array_add(generation->crews, crew);
    if (is_home)
        generation->home = crew;
    return true;
}

static void fail(struct generation *generation, const char *why)
{
    if (generation->state == GENERATION_FAILED)
        return;
    generation->state = GENERATION_FAILED;
    generation->why = g_strdup(why);
}

static void free_crew(void *crew)
{
    crew_free(crew);
}

static bool start_guests(struct generation *generation, GError **error)
{
    const struct host_how how = {
        .conf = generation->recipe->conf,
        .limits = &generation->recipe->limits,
        .only_file = generation->recipe->only_file,
    };
    g_autoptr(GPtrArray) classes = NULL;
    if (generation->recipe->how.no_plugins)
        return true;
    if (!host_classes(&how, &classes, error))
        return false;
    bool is_good = true;
    for (unsigned i = 1; is_good && i < classes->len; i++) {
        const struct host_class *class = classes->pdata[i];
        is_good = start_crew(generation, class->name, NULL, error);
    }
    return is_good;
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
    if (gaps_allow(recipe, error) && start_guests(generation, error))
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

/* --- the plan ---------------------------------------------------------------------- */

static struct crew *find_crew(const struct generation *generation,
                              const char *scanner)
{
    for (unsigned i = 0; i < generation->crews->len; i++) {
        struct crew *crew = generation->crews->pdata[i];
        for (unsigned k = 0; k < crew->cards->len; k++) {
            const struct card *card = crew->cards->pdata[k];
            if (card->name == scanner)
                return crew;
        }
    }
    return NULL;
}

/* The same scanners in the same order as "main"'s workers have them. */
static bool make_plan(struct generation *generation, GError **error)
{
    size_t n = 0;
    for (unsigned i = 0; i < generation->crews->len; i++)
        n += ((const struct crew *)generation->crews->pdata[i])->cards->len;
    generation->store = g_new0(struct scanner, n + 1);
    generation->scanners = g_new0(const struct scanner *, n + 1);
    generation->crew_of = g_new0(struct crew *, n + 1);
    size_t at = 0;
    for (unsigned i = 0; i < generation->crews->len; i++) {
        const struct crew *crew = generation->crews->pdata[i];
        for (unsigned k = 0; k < crew->cards->len; k++, at++) {
            card_scanner(crew->cards->pdata[k], &generation->store[at]);
            generation->scanners[at] = &generation->store[at];
        }
    }
    const struct host_how how = {
        .conf = generation->recipe->conf,
        .limits = &generation->recipe->limits,
        .only_file = generation->recipe->only_file,
    };
    if (n > 0 && !host_order(&how, generation->scanners, n, error))
        return false;
    for (size_t i = 0; i < n; i++)
        generation->crew_of[i] =
            find_crew(generation, generation->scanners[i]->name);
    generation->plan = (struct scan_plan){
        .scanners = generation->scanners,
        .scanner_n = n,
        .limits = generation->recipe->limits,
    };
    return true;
}

int generation_place(const struct generation *generation, const char *name)
{
    for (size_t i = 0; i < generation->plan.scanner_n; i++)
        if (generation->plan.scanners[i]->name == name)
            return (int)i;
    return -1;
}

/* --- its way ------------------------------------------------------------------------- */

/* Names of the plugins in a class, for messages; and a refusal for each of them. */
static char *refuse_class(struct generation *generation, struct crew *crew,
                          const char *text)
{
    const struct host_how how = {
        .conf = generation->recipe->conf,
        .limits = &generation->recipe->limits,
        .only_file = generation->recipe->only_file,
    };
    g_autoptr(GPtrArray) classes = NULL;
    GString *names = g_string_new(NULL);
    if (!host_classes(&how, &classes, NULL))
        return g_string_free(names, false);
    for (unsigned i = 0; i < classes->len; i++) {
        const struct host_class *class = classes->pdata[i];
        for (unsigned k = 0;
             class->name == crew->class_id && k < class->sections->len; k++) {
            const struct wanted *wanted = class->sections->pdata[k];
            struct refusal *refusal = g_new0(struct refusal, 1);
            refusal->name = g_strdup(wanted->name);
            refusal->class_name = crew->class_id;
            refusal->text = g_strdup_printf("%s: %s", wanted->name, text);
            refusal->is_optional = wanted->is_optional;
            g_ptr_array_add(crew->refusals, refusal);
            g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "",
                                   wanted->name);
        }
    }
    return g_string_free(names, false);
}

/* Its zygote has died twice while it loaded: it would a third time. */
static void give_up(struct generation *generation, struct crew *crew)
{
    g_autofree char *text = g_strdup_printf(
        "the process that loads class %s has died of it %u times, so a plugin in "
        "it crashes in create(): run assay plugins --test",
        crew->class_name, crew->losses);
    g_autofree char *names = refuse_class(generation, crew, text);
    crew_give_up(crew);
    if (crew->is_home) {
        g_autofree char *why = g_strdup_printf("%s: %s", names, text);
        fail(generation, why);
    }
}

static bool tend_opening(struct generation *generation, struct crew *crew,
                         uint64_t now_ns)
{
    if (crew->state == CREW_FAILED)
        fail(generation, crew->why);
    else if (crew->state == CREW_LOST && crew->losses >= LOSSES_MAX)
        give_up(generation, crew);
    else if (crew->state == CREW_LOST)
        crew_tend(crew, now_ns);
    return crew->state == CREW_OPEN || crew->state == CREW_GIVEN_UP;
}

/* Has every crew that was started been opened?  An error in the configuration of one
 * fails all. */
static bool all_open(struct generation *generation, uint64_t now_ns)
{
    bool are_open = true;
    for (unsigned i = 0; i < generation->crews->len; i++)
        if (!tend_opening(generation, generation->crews->pdata[i], now_ns))
            are_open = false;
    return are_open && generation->state != GENERATION_FAILED;
}

static void start_home(struct generation *generation)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) foreign = pack_foreign(generation);
    if (start_crew(generation, CLASS_MAIN, foreign, &error))
        generation->state = GENERATION_HOME;
    else
        fail(generation, error->message);
}

/* In the order of classes, whichever was loaded first. */
static void collect_refusals(struct generation *generation)
{
    for (unsigned i = 0; i < generation->crews->len; i++) {
        const struct crew *crew = generation->crews->pdata[i];
        for (unsigned k = 0; k < crew->refusals->len; k++)
            g_ptr_array_add(generation->refusals, crew->refusals->pdata[k]);
    }
}

/* One worker of each crew is enough to be tested. */
static void begin_test(struct generation *generation)
{
    g_autoptr(GError) error = NULL;
    if (!make_plan(generation, &error)) {
        fail(generation, error->message);
        return;
    }
    generation->home->scanner_n = generation->plan.scanner_n;
    collect_refusals(generation);
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
        fail(generation, why);
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
    fail(generation, why);
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
    if (generation->state == GENERATION_GUESTS && all_open(generation, now_ns))
        start_home(generation);
    if (generation->state == GENERATION_HOME && all_open(generation, now_ns))
        begin_test(generation);
    switch (generation->state) {
    case GENERATION_GUESTS:
    case GENERATION_HOME:
        look_at_time(generation, now_ns);
        break;
    case GENERATION_TESTING:
        tend_crews(generation, now_ns);
        if (crew_is_barren(generation->home))
            fail(generation, barren_text);
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
