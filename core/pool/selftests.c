/* SPDX-License-Identifier: MIT */
#include "pool/selftests.h"

#include "base/clock.h"
#include "base/escape.h"
#include "host/card.h"
#include "pool/inside.h"

#include <string.h>

enum selftest_state {
    SELFTEST_WAITING, /* for a worker */
    SELFTEST_PLACED,
    SELFTEST_OVER,
};

/* Those of one crew. */
struct selftest {
    const struct selftests *all;
    struct crew *crew;
    enum selftest_state state;
    bool has_greeted; /* its first worker */
    unsigned outside; /* workers killed from outside in the middle of a test */
    GArray *skip; /* uint32_t, places in its plan: what has killed a worker */
};

/* Owned by its admission. */
struct selftests {
    struct admission *admission;
    GArray *tests; /* struct selftest */
};

/* --- plugins by place ---------------------------------------------------------------- */

/* The plugin at a place in the plan of that crew's workers; NULL: core, or nonsense. */
static const char *plugin_at(const struct crew *crew, size_t place)
{
    const struct generation *generation = crew->self;
    if (crew->is_home)
        return place < generation->plan.scanner_n
                   ? generation->plan.scanners[place]->name
                   : NULL;
    return place < crew->cards->len
               ? ((const struct card *)crew->cards->pdata[place])->name
               : NULL;
}

/* The reverse; -1: it is not in that plan. */
static int place_of(const struct crew *crew, const char *plugin)
{
    for (size_t i = 0; i < crew->scanner_n; i++)
        if (plugin != NULL && plugin_at(crew, i) == plugin)
            return (int)i;
    return -1;
}

/* One of that name in the crew; NULL: it has none. */
static const char *plugin_named(const struct crew *crew, const char *name)
{
    for (unsigned i = 0; i < crew->cards->len; i++) {
        const struct card *card = crew->cards->pdata[i];
        if (strcmp(card->name, name) == 0)
            return card->name;
    }
    return NULL;
}

/* --- one crew ------------------------------------------------------------------------ */

static struct selftest *test_of(const struct selftests *tests,
                                const struct crew *crew)
{
    for (unsigned i = 0; i < tests->tests->len; i++) {
        struct selftest *test =
            &g_array_index(tests->tests, struct selftest, i);
        if (test->crew == crew)
            return test;
    }
    return NULL;
}

static void place(struct selftest *test, struct seat *seat)
{
    uint8_t *room;
    size_t size;
    struct packer to;
    int slot = seat_room(seat, false, &room, &size);
    if (slot < 0)
        return;
    packer_fixed(&to, room, size);
    for (unsigned i = 0; i < test->skip->len; i++)
        pack_u32(&to, g_array_index(test->skip, uint32_t, i));
    const struct load load = {
        .work = test, .task = TRAY_SELF_TEST, .placed_ns = clock_mono_ns()};
    seat_place(seat, (unsigned)slot, &load, to.n, false);
    seat_ring(seat);
    test->state = SELFTEST_PLACED;
}

static struct seat *ready_seat(struct crew *crew)
{
    for (unsigned i = 0; i < crew->seat_n; i++)
        if (crew->seats[i].seat.state == SEAT_READY)
            return &crew->seats[i].seat;
    return NULL;
}

/* It has no worker to be tested in. */
static void end_barren(struct selftest *test)
{
    for (unsigned i = 0; i < test->crew->cards->len; i++) {
        const struct card *card = test->crew->cards->pdata[i];
        admission_fault(
            test->all->admission, FAULT_DOWN, card->name,
            "no worker of its class stays alive, so it may die at its start");
    }
    test->state = SELFTEST_OVER;
}

/* --- all of them --------------------------------------------------------------------- */

bool selftests_tend(struct selftests *tests)
{
    bool is_over = true;
    for (unsigned i = 0; i < tests->tests->len; i++) {
        struct selftest *test =
            &g_array_index(tests->tests, struct selftest, i);
        struct seat *seat = ready_seat(test->crew);
        if (test->state != SELFTEST_OVER && crew_is_barren(test->crew))
            end_barren(test);
        if (test->state == SELFTEST_WAITING && seat != NULL)
            place(test, seat);
        is_over = is_over && test->state == SELFTEST_OVER;
    }
    return is_over;
}

void selftests_greet(struct selftests *tests, const struct crew *crew,
                     const struct hello *hello)
{
    struct selftest *test = test_of(tests, crew);
    if (test == NULL || test->has_greeted)
        return;
    test->has_greeted = true;
    for (unsigned i = 0; hello->downs != NULL && i < hello->downs->len; i++) {
        const struct hello_down *down = hello->downs->pdata[i];
        admission_fault(tests->admission, FAULT_DOWN,
                        plugin_at(crew, down->scanner), down->text);
    }
}

void selftests_answer(struct selftests *tests, const struct crew *crew,
                      const uint8_t *p, size_t n)
{
    struct selftest *test = test_of(tests, crew);
    struct unpacker from;
    unpacker_init(&from, p, n);
    uint32_t failed = unpack_count(&from, (uint32_t)crew->scanner_n, 8);
    for (uint32_t i = 0; i < failed; i++) {
        const uint8_t *text;
        size_t text_n;
        g_autofree char *name = unpack_string(&from, FINDING_NAME_MAX);
        const char *plugin = plugin_named(crew, name);
        unpack_bytes(&from, &text, &text_n, UNPACK_ANY);
        if (plugin == NULL)
            unpack_refuse(&from);
        if (from.is_bad)
            break;
        g_autofree char *clean =
            escape_clean_dup((const char *)text, text_n, FINDING_TEXT_MAX);
        admission_fault(tests->admission, FAULT_SELF_TEST, plugin, clean);
    }
    if (!unpack_end(&from))
        admission_fault(tests->admission, FAULT_SELF_TEST, NULL,
                        "a worker's answer to its self-tests is not well made");
    test->state = SELFTEST_OVER;
}

void selftests_died(struct selftests *tests, const struct crew *crew,
                    const struct death *death)
{
    struct selftest *test = test_of(tests, crew);
    g_autofree char *how = death_text(death);
    g_autofree char *text = g_strdup_printf("died in its self-test: %s", how);
    int place = place_of(crew, death->scanner);
    test->state = SELFTEST_WAITING;
    /* Whoever killed it, or its zygote, the plugin on duty did not; but one that is
     * hit each time has a part in it. */
    if (death->cause == DEATH_OUTSIDE &&
        (death->scanner == NULL || ++test->outside <= TRIAL_OUTSIDE_MAX))
        return;
    admission_fault(tests->admission, FAULT_SELF_TEST, death->scanner, text);
    if (place < 0 || test->skip->len >= crew->scanner_n)
        test->state = SELFTEST_OVER;
    else
        g_array_append_val(test->skip, place);
    test->outside = 0;
}

static void clear_test(void *p)
{
    struct selftest *test = p;
    g_array_unref(test->skip);
}

struct selftests *selftests_new(struct admission *admission,
                                const struct generation *generation)
{
    struct selftests *tests = g_new0(struct selftests, 1);
    tests->admission = admission;
    tests->tests = g_array_new(false, true, sizeof(struct selftest));
    g_array_set_clear_func(tests->tests, clear_test);
    for (unsigned i = 0; i < generation->crews->len; i++) {
        const struct selftest test = {
            .all = tests,
            .crew = generation->crews->pdata[i],
            .skip = g_array_new(false, false, sizeof(uint32_t)),
        };
        g_array_append_val(tests->tests, test);
    }
    return tests;
}

void selftests_free(struct selftests *tests)
{
    if (tests == NULL)
        return;
    g_array_unref(tests->tests);
    g_free(tests);
}
