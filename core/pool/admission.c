/* SPDX-License-Identifier: MIT */
#include "pool/admission.h"

#include "base/clock.h"
#include "base/escape.h"
#include "base/log.h"
#include "host/card.h"
#include "pool/canary.h"
#include "pool/fault.h"
#include "pool/inside.h"

#include <string.h>

enum step {
    STARTING,
    CANARIES_FLY,
    OVER,
};

/* The self-tests of one crew. */
struct crew_test {
    struct crew *crew;
    bool has_greeted; /* its first worker */
    bool is_placed;
    bool is_over;
    GArray *skip; /* uint32_t, places in its plan: what has killed a worker */
};

/* One canary. */
struct flight {
    struct admission *admission;
    enum canary canary;
    struct job *job; /* NULL: answered */
    GPtrArray
        *finders; /* interned names, never written: who found what there is
                           to find */
};

/* Owned by its generation. */
struct admission {
    struct generation *generation;
    enum step step;
    GArray *tests; /* struct crew_test */
    struct flight flights[CANARIES];
    GPtrArray *faults; /* struct fault */
    struct session *session;
};

/* --- faults -------------------------------------------------------------------------- */

/* May Assay do without it? */
static bool is_optional(const struct generation *generation, const char *plugin)
{
    for (unsigned i = 0; i < generation->crews->len; i++) {
        const struct crew *crew = generation->crews->pdata[i];
        for (unsigned k = 0; k < crew->cards->len; k++) {
            const struct card *card = crew->cards->pdata[k];
            if (card->name == plugin)
                return card->is_optional;
        }
    }
    return false;
}

static void add(struct admission *admission, enum fault_kind kind,
                const char *plugin, const char *text)
{
    struct fault *fault = fault_new(kind, plugin, text);
    fault->is_optional = is_optional(admission->generation, fault->plugin);
    g_ptr_array_add(admission->faults, fault);
}

static void add_refusals(struct admission *admission)
{
    const GPtrArray *refusals = admission->generation->refusals;
    for (unsigned i = 0; i < refusals->len; i++) {
        const struct refusal *refusal = refusals->pdata[i];
        struct fault *fault =
            fault_new(FAULT_REFUSED, refusal->name, refusal->text);
        fault->is_optional = refusal->is_optional;
        g_ptr_array_add(admission->faults, fault);
    }
}

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

/* --- self-tests ---------------------------------------------------------------------- */

static struct crew_test *test_of(struct admission *admission,
                                 const struct crew *crew)
{
    for (unsigned i = 0; i < admission->tests->len; i++) {
        struct crew_test *test =
            &g_array_index(admission->tests, struct crew_test, i);
        if (test->crew == crew)
            return test;
    }
    return NULL;
}

static void place_test(struct admission *admission, struct crew_test *test,
                       struct seat *seat)
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
    const struct load load = {.work = admission,
                              .task = TRAY_SELF_TEST,
                              .placed_ns = clock_mono_ns()};
    seat_place(seat, (unsigned)slot, &load, to.n, false);
    seat_ring(seat);
    test->is_placed = true;
}

static struct seat *ready_seat(struct crew *crew)
{
    for (unsigned i = 0; i < crew->seat_n; i++)
        if (crew->seats[i].seat.state == SEAT_READY)
            return &crew->seats[i].seat;
    return NULL;
}

/* It has no worker to be tested in. */
static void add_barren(struct admission *admission, struct crew_test *test)
{
    for (unsigned i = 0; i < test->crew->cards->len; i++) {
        const struct card *card = test->crew->cards->pdata[i];
        add(admission, FAULT_DOWN, card->name,
            "no worker of its class stays alive, so it may die at its start");
    }
    test->is_over = true;
}

/* True: all crews are through. */
static bool tend_tests(struct admission *admission)
{
    bool is_over = true;
    for (unsigned i = 0; i < admission->tests->len; i++) {
        struct crew_test *test =
            &g_array_index(admission->tests, struct crew_test, i);
        struct seat *seat = ready_seat(test->crew);
        if (!test->is_over && crew_is_barren(test->crew))
            add_barren(admission, test);
        if (!test->is_over && !test->is_placed && seat != NULL)
            place_test(admission, test, seat);
        is_over = is_over && test->is_over;
    }
    return is_over;
}

void admission_greet(struct admission *admission, const struct crew *crew,
                     const struct hello *hello)
{
    struct crew_test *test = test_of(admission, crew);
    if (test == NULL || test->has_greeted)
        return;
    test->has_greeted = true;
    for (unsigned i = 0; hello->downs != NULL && i < hello->downs->len; i++) {
        const struct hello_down *down = hello->downs->pdata[i];
        add(admission, FAULT_DOWN, plugin_at(crew, down->scanner), down->text);
    }
}

void admission_answer(struct admission *admission, const struct crew *crew,
                      const uint8_t *p, size_t n)
{
    struct crew_test *test = test_of(admission, crew);
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
        add(admission, FAULT_SELF_TEST, plugin, clean);
    }
    if (!unpack_end(&from))
        add(admission, FAULT_SELF_TEST, NULL,
            "a worker's answer to its self-tests is not well made");
    test->is_placed = false;
    test->is_over = true;
}

void admission_died(struct admission *admission, const struct crew *crew,
                    const struct death *death)
{
    struct crew_test *test = test_of(admission, crew);
    g_autofree char *how = death_text(death);
    g_autofree char *text = g_strdup_printf("its self-test was %s", how);
    int place = place_of(crew, death->scanner);
    test->is_placed = false;
    /* A zygote that was lost is not the test's doing. */
    if (death->scanner == NULL && death->cause == DEATH_OUTSIDE)
        return;
    add(admission, FAULT_SELF_TEST, death->scanner, text);
    if (place < 0 || test->skip->len >= crew->scanner_n)
        test->is_over = true;
    else
        g_array_append_val(test->skip, place);
}

/* --- canaries ------------------------------------------------------------------------ */

static void take_failed(struct flight *flight, const struct finding *finding)
{
    g_autofree char *text = g_strdup_printf(
        "%s: %s", canary_words(flight->canary),
        finding->text[0] != '\0' ? finding->text : finding->name);
    add(flight->admission, FAULT_CANARY, finding->plugin, text);
}

static void take_finding(struct flight *flight, const struct finding *finding)
{
    unsigned wanted = canary_kind(flight->canary);
    if (finding->kind == ASSAY_KIND_FAILED)
        take_failed(flight, finding);
    else if (wanted != 0 && finding->kind == wanted)
        /* NOLINTNEXTLINE(performance-no-int-to-ptr): interned, never written */
        g_ptr_array_add(flight->finders, (void *)(uintptr_t)finding->plugin);
    else if (wanted == 0 && finding->kind == ASSAY_KIND_MALWARE)
        add(flight->admission, FAULT_CANARY, finding->plugin,
            "takes a clean message for malware");
}

static void on_answer(void *self, const struct pool_answer *answer)
{
    struct flight *flight = self;
    flight->job = NULL;
    const GPtrArray *findings = answer->scan->findings;
    for (unsigned i = 0; i < findings->len; i++)
        take_finding(flight, findings->pdata[i]);
}

static void begin_canaries(struct admission *admission)
{
    uint64_t now_ns = clock_mono_ns();
    admission->session = session_new();
    for (unsigned i = 0; i < CANARIES; i++) {
        struct flight *flight = &admission->flights[i];
        g_autoptr(GBytes) raw = canary_mail(flight->canary);
        const struct pool_request request = {.raw = raw,
                                             .session = admission->session,
                                             .priority = POOL_TRANSPORT};
        flight->job = job_new(&request, on_answer, flight, now_ns);
        flight->job->pool = admission->generation->pool;
        flight->job->generation = admission->generation;
    }
}

/* They do not stand in the queue: what waits there is the running generation's. */
static bool tend_canaries(struct admission *admission)
{
    bool is_over = true;
    for (unsigned i = 0; i < CANARIES; i++) {
        struct job *job = admission->flights[i].job;
        if (job != NULL && job->state == JOB_WAITING)
            serve_canary(job);
        is_over = is_over && admission->flights[i].job == NULL;
    }
    return is_over;
}

/* --- all of it ------------------------------------------------------------------------ */

static void test_clear(void *p)
{
    struct crew_test *test = p;
    g_array_unref(test->skip);
}

struct admission *admission_new(struct generation *generation)
{
    struct admission *admission = g_new0(struct admission, 1);
    admission->generation = generation;
    admission->faults = g_ptr_array_new_with_free_func(fault_free);
    admission->tests = g_array_new(false, true, sizeof(struct crew_test));
    g_array_set_clear_func(admission->tests, test_clear);
    for (unsigned i = 0; i < generation->crews->len; i++) {
        const struct crew_test test = {
            .crew = generation->crews->pdata[i],
            .skip = g_array_new(false, false, sizeof(uint32_t)),
        };
        g_array_append_val(admission->tests, test);
    }
    for (unsigned i = 0; i < CANARIES; i++) {
        admission->flights[i].admission = admission;
        admission->flights[i].canary = (enum canary)i;
        admission->flights[i].finders = g_ptr_array_new();
    }
    add_refusals(admission);
    return admission;
}

void admission_free(struct admission *admission)
{
    if (admission == NULL)
        return;
    for (unsigned i = 0; i < CANARIES; i++) {
        struct job *job = admission->flights[i].job;
        if (job != NULL)
            g_ptr_array_remove_fast(job->pool->asking, job);
        job_free(job);
        g_ptr_array_unref(admission->flights[i].finders);
    }
    if (admission->session != NULL)
        session_free(admission->session);
    g_array_unref(admission->tests);
    g_ptr_array_unref(admission->faults);
    g_free(admission);
}

static bool has_engine(const struct generation *generation)
{
    for (size_t i = 0; i < generation->plan.scanner_n; i++)
        if ((generation->plan.scanners[i]->flags & ASSAY_FLAG_MALWARE) != 0)
            return true;
    return false;
}

static void look_at_finders(struct admission *admission)
{
    const struct flight *eicar = &admission->flights[CANARY_EICAR];
    if (has_engine(admission->generation) && eicar->finders->len == 0)
        add(admission, FAULT_BLIND, NULL,
            "no engine takes the EICAR test file for malware: are there "
            "signatures?");
}

bool admission_tend(struct admission *admission)
{
    if (admission->step == STARTING && tend_tests(admission)) {
        begin_canaries(admission);
        admission->step = CANARIES_FLY;
    }
    if (admission->step == CANARIES_FLY && tend_canaries(admission)) {
        look_at_finders(admission);
        admission->step = OVER;
    }
    return admission->step == OVER;
}

/* What the old one found and this one does not. */
static void compare(const struct admission *admission,
                    const struct admission *old, GPtrArray *faults)
{
    for (unsigned i = 0; i < CANARIES; i++) {
        const GPtrArray *before = old->flights[i].finders;
        GPtrArray *now = admission->flights[i].finders;
        for (unsigned k = 0; k < before->len; k++) {
            const char *plugin = before->pdata[k];
            if (g_ptr_array_find(now, plugin, NULL) ||
                generation_place(admission->generation, plugin) < 0)
                continue;
            g_autofree char *text = g_strdup_printf(
                "no longer finds %s", canary_words((enum canary)i));
            struct fault *fault = fault_new(FAULT_BLIND, plugin, text);
            fault->is_optional = is_optional(admission->generation, plugin);
            g_ptr_array_add(faults, fault);
        }
    }
}

char *admission_judge(const struct admission *admission,
                      const struct admission *old)
{
    char *why = NULL;
    g_autoptr(GPtrArray) lost = g_ptr_array_new_with_free_func(fault_free);
    if (old != NULL)
        compare(admission, old, lost);
    for (unsigned i = 0; i < admission->faults->len + lost->len; i++) {
        const struct fault *fault =
            i < admission->faults->len
                ? admission->faults->pdata[i]
                : lost->pdata[i - admission->faults->len];
        bool is_old = old != NULL && fault_is_among(fault, old->faults);
        fault_log(fault, admission->generation->number);
        if (why == NULL && old != NULL && !fault->is_optional && !is_old)
            why = fault_words(fault);
    }
    return why;
}
