/* SPDX-License-Identifier: MIT */
#include "pool/carry.h"

#include "base/clock.h"
#include "pool/errand.h"
#include "pool/guest.h"
#include "pool/inside.h"

#include <string.h>

enum {
    /* A question waits so many times plugin_time behind others, but only once where
     * its class has no worker at all. */
    WAIT_TIMES = 20,
    /* And no less than this, however little time the calls of that class have: another
     * worker has to be forked and to start. */
    WORKER_MS = 3000
};

/* --- home --------------------------------------------------------------------------- */

/* The answer is in its tray: the worker goes on. */
static void wake_home(struct seat *home, size_t n, bool is_refused)
{
    struct tray_ask *ask = &home->tray.head->ask;
    ask->answer_n = n;
    ask->is_refused = is_refused;
    atomic_store(&ask->state, TRAY_ANSWERS);
    home->carry = NULL;
    home->needs_ring = true;
    seat_ring(home);
}

static void refuse(struct seat *home, const char *name, const char *why)
{
    struct packer to;
    packer_fixed(&to, home->tray.answer, (size_t)home->tray.shape.answer);
    errand_no_pack(name, why, &to);
    wake_home(home, to.n, true);
}

void carry_free(void *p)
{
    struct carry *carry = p;
    g_byte_array_unref(carry->bytes);
    g_free(carry);
}

static void over(struct generation *generation, struct carry *carry)
{
    if (carry->use == BREAKER_TRY)
        breakers_unused(generation->pool, carry->plugin);
    if (carry->home != NULL)
        carry->home->carry = NULL;
    g_ptr_array_remove(generation->carries, carry);
}

static void refuse_carry(struct generation *generation, struct carry *carry,
                         const char *name, const char *why)
{
    if (carry->home != NULL)
        refuse(carry->home, name, why);
    over(generation, carry);
}

/* The question, copied; what cannot be one is empty. */
static void pack(const struct seat *home, GByteArray *to)
{
    const struct load *load = &home->loads[seat_oldest(home)];
    uint64_t n = *(const volatile uint64_t *)&home->tray.head->ask.question_n;
    struct packer packer;
    const struct errand errand = {
        .home = home->number,
        .message = load->ticket ^ (uint64_t)home->pid << 32,
        .raw_at = load->raw_at,
        .raw_n = load->raw_n,
        .question = home->tray.question,
        .question_n = n <= TRAY_QUESTION ? (size_t)n : 0,
    };
    packer_grow(&packer, to, TRAY_QUESTION + 1024);
    errand_pack(&errand, &packer);
}

/* The message that the home worker asks for; NULL: nobody wants its answer. */
static struct job *job_at(const struct seat *home)
{
    const struct load *load = &home->loads[seat_oldest(home)];
    return load->task == TRAY_SCAN ? load->work : NULL;
}

/* What has ended a guest over this message is not asked about it again. */
static void refuse_again(struct seat *home, const struct death *death)
{
    g_autofree char *words = death_text(death);
    g_autofree char *why =
        g_strconcat(words, "; not asked again about this message", NULL);
    refuse(home, death_name(death), why);
}

void carry_look(struct generation *generation, struct seat *home)
{
    if (home->carry != NULL || home->load_n == 0 ||
        home->tray.shape.question == 0 ||
        atomic_load(&home->tray.head->ask.state) != TRAY_ASKED)
        return;
    uint32_t place = *(const volatile uint32_t *)&home->tray.head->ask.scanner;
    struct crew *crew =
        place < generation->plan.scanner_n ? generation->crew_of[place] : NULL;
    if (crew == NULL || crew == generation->home) {
        refuse(home, "rule", "asked a guest for what is its own");
        return;
    }
    const char *plugin = generation->plan.scanners[place]->name;
    const struct job *job = job_at(home);
    if (job != NULL && trial_spares(&job->trial, plugin)) {
        refuse_again(home, &job->trial.guest);
        return;
    }
    /* What is being tested is neither spared nor held against it. */
    enum breaker_use use = generation == generation->pool->coming
                               ? BREAKER_USE
                               : breakers_ask(generation->pool, plugin);
    if (use == BREAKER_LEAVE_OUT) {
        refuse(home, "out",
               "left out: it failed too often and is tried again later");
        return;
    }
    struct carry *carry = g_new0(struct carry, 1);
    carry->home = home;
    carry->crew = crew;
    carry->plugin = plugin;
    carry->use = use;
    carry->bytes = g_byte_array_new();
    carry->begin_ns = clock_mono_ns();
    carry->served_ns = carry->begin_ns;
    pack(home, carry->bytes);
    home->carry = carry;
    g_ptr_array_add(generation->carries, carry);
    carry_serve(generation, crew);
}

void carry_forget(struct generation *generation, struct seat *home)
{
    struct carry *carry = home->carry;
    if (carry == NULL)
        return;
    home->carry = NULL;
    carry->home = NULL;
    if (carry->guest == NULL)
        over(generation, carry);
}

/* --- guests ------------------------------------------------------------------------- */

static struct seat *free_guest(struct crew *crew)
{
    for (unsigned i = 0; i < crew->seat_n; i++) {
        struct seat *seat = &crew->seats[i].seat;
        if (seat->state == SEAT_READY && seat->load_n == 0)
            return seat;
    }
    return NULL;
}

static bool place(struct seat *guest, struct carry *carry)
{
    uint8_t *room;
    size_t size;
    bool is_large = carry->bytes->len > TRAY_SMALL_REQUEST;
    int slot = seat_room(guest, is_large, &room, &size);
    if (slot < 0 || carry->bytes->len > size)
        return false;
    memcpy(room, carry->bytes->data, carry->bytes->len);
    const struct load load = {.work = carry,
                              .task = TRAY_GUEST,
                              .is_large = is_large,
                              .placed_ns = clock_mono_ns()};
    seat_place(guest, (unsigned)slot, &load, carry->bytes->len, false);
    seat_ring(guest);
    carry->guest = guest;
    return true;
}

void carry_serve(struct generation *generation, struct crew *crew)
{
    for (unsigned i = 0; i < generation->carries->len; i++) {
        struct carry *carry = generation->carries->pdata[i];
        if (carry->crew != crew || carry->guest != NULL)
            continue;
        struct seat *guest = free_guest(crew);
        if (guest == NULL || !place(guest, carry))
            return;
    }
}

/* What the front asks is well made: a guest that says no has been tampered with by what
 * it saw before. */
static bool is_refusal(const GByteArray *answer)
{
    return answer->len > 0 && answer->data[0] == GUEST_REFUSED;
}

/* It was the plugin's doing. */
static void failed(struct generation *generation, struct carry *carry,
                   const struct death *death)
{
    struct death blamed = *death;
    g_autofree char *why = death_text(death);
    if (generation != generation->pool->coming)
        breakers_failed(generation->pool, carry->plugin, carry->use);
    carry->use = BREAKER_USE;
    blamed.scanner = carry->plugin;
    struct job *job = carry->home != NULL ? job_at(carry->home) : NULL;
    if (job == NULL || trial_guest_died(&job->trial, &blamed)) {
        refuse_carry(generation, carry, death_name(death), why);
        return;
    }
    over(generation, carry);
    serve_cancel(job);
    death_go_on(job);
}

void carry_answered(struct generation *generation, struct carry *carry,
                    const GByteArray *answer)
{
    struct seat *home = carry->home;
    struct seat *guest = g_steal_pointer(&carry->guest);
    if (home != NULL && is_refusal(answer) &&
        ++carry->refused <= TRIAL_OUTSIDE_MAX) {
        crew_kill(carry->crew, guest, DEATH_TRAY);
        carry_serve(generation, carry->crew);
        return;
    }
    if (answer->len == 0 || answer->len > carry->crew->shape.answer) {
        const struct death death = {.cause = DEATH_TRAY};
        crew_kill(carry->crew, guest, DEATH_TRAY);
        failed(generation, carry, &death);
        return;
    }
    breakers_worked(generation->pool, carry->plugin, carry->use);
    carry->use = BREAKER_USE;
    if (home != NULL) {
        memcpy(home->tray.answer, answer->data, answer->len);
        wake_home(home, answer->len, false);
    }
    over(generation, carry);
}

void carry_died(struct generation *generation, struct carry *carry,
                const struct death *death)
{
    carry->guest = NULL;
    if (death->cause == DEATH_OUTSIDE && carry->home != NULL &&
        ++carry->outside <= TRIAL_OUTSIDE_MAX) {
        carry_serve(generation, carry->crew);
        return;
    }
    if (death->cause != DEATH_OUTSIDE) {
        failed(generation, carry, death);
        return;
    }
    g_autofree char *why = death_text(death);
    refuse_carry(generation, carry, death_name(death), why);
}

/* Of a generation that is being tested nobody waits for an answer but the test, which
 * has [pool] load_time: whom somebody else has killed comes up again meanwhile. */
static bool is_late(const struct generation *generation,
                    const struct carry *carry, uint64_t now_ns)
{
    uint64_t time_ns = carry->crew->options.plugin_time_ns;
    uint64_t least_ns = WORKER_MS * MS_NS;
    return generation != generation->pool->coming &&
           (now_ns > carry->served_ns + MAX(time_ns, least_ns) ||
            now_ns > carry->begin_ns + MAX(WAIT_TIMES * time_ns, least_ns));
}

void carry_expire(struct generation *generation, uint64_t now_ns)
{
    for (unsigned i = generation->carries->len; i > 0; i--) {
        struct carry *carry = generation->carries->pdata[i - 1];
        if (crew_ready(carry->crew) > 0)
            carry->served_ns = now_ns;
        if (carry->guest == NULL && crew_is_barren(carry->crew))
            refuse_carry(generation, carry, "workers",
                         "no worker of its class stays alive, so it may die at "
                         "its start: run assay plugins --test");
        else if (carry->guest == NULL && is_late(generation, carry, now_ns))
            refuse_carry(generation, carry, "timeout",
                         "no worker of its class was free in time");
    }
}
