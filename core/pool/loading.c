/* SPDX-License-Identifier: MIT */
/*
 * A generation until all of its classes are open: first the classes beside "main", all
 * at once; then "main", whose workers need to know the plugins of the others.
 *
 *     loading_begin ─► every guest's crew OPEN or GIVEN_UP ─► loading_home ─► "main" too
 *                         └─ LOST ─► again; the second time: GIVEN_UP, its plugins
 *                                    refused, and of "main" the generation has failed
 */
#include "base/clock.h"
#include "host/card.h"
#include "host/class.h"
#include "host/section.h"
#include "pool/inside.h"
#include "pool/selftests.h"

#include <string.h>

enum {
    LOSSES_MAX = 2 /* zygotes that die while they load */
};

/* --- starting crews ----------------------------------------------------------------- */

static void on_ready(void *self, struct crew *crew, struct seat *seat,
                     const struct hello *hello)
{
    struct generation *generation = self;
    tally_ready(crew, seat, clock_mono_ns());
    gaps_tell(crew, &hello->sandbox);
    carry_serve(generation, crew);
    if (generation->state == GENERATION_TESTING)
        selftests_greet(admission_tests(generation->admission), crew, hello);
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
    if (!gaps_account(pool, class.user, &account, error)) {
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
        .parent = pool->parent,
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

bool loading_begin(struct generation *generation, GError **error)
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

bool loading_home(struct generation *generation, GError **error)
{
    g_autoptr(GBytes) foreign = pack_foreign(generation);
    return start_crew(generation, CLASS_MAIN, foreign, error);
}

/* --- until they are open -------------------------------------------------------------- */

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
        generation_fail(generation, why);
    }
}

static bool tend_opening(struct generation *generation, struct crew *crew,
                         uint64_t now_ns)
{
    if (crew->state == CREW_FAILED)
        generation_fail(generation, crew->why);
    else if (crew->state == CREW_LOST && crew->losses >= LOSSES_MAX)
        give_up(generation, crew);
    else if (crew->state == CREW_LOST)
        crew_tend(crew, now_ns);
    return crew->state == CREW_OPEN || crew->state == CREW_GIVEN_UP;
}

/* An error in the configuration of one crew fails all. */
bool loading_is_over(struct generation *generation, uint64_t now_ns)
{
    bool are_open = true;
    for (unsigned i = 0; i < generation->crews->len; i++)
        if (!tend_opening(generation, generation->crews->pdata[i], now_ns))
            are_open = false;
    return are_open && generation->state != GENERATION_FAILED;
}
