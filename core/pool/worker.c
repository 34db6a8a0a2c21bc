/* SPDX-License-Identifier: MIT */
#include "pool/worker.h"

#include "pool/reply.h"
#include "pool/syscalls.h"
#include "pool/worker_ask.h"
#include "pool/worker_bell.h"
#include "pool/worker_guest.h"
#include "pool/worker_scan.h"
#include "pool/worker_start.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    NAP_NS = 1000 * 1000 /* the front takes large replies at once */
};

/* The whole process. */
struct worker {
    const struct worker_how *how;
    struct tray tray;
    struct worker_scanner scanner;
    struct worker_asker asker;
    struct worker_guest guest;
    unsigned unheard; /* answered since the chime was rung */
};

static void ring(struct worker *w)
{
    w->unheard = 0;
    worker_chime(w->how->chime_fd);
}

/* --- slots ----------------------------------------------------------------------- */

/* The queued slot with the lowest ticket, or NULL. */
static struct tray_slot *next_slot(const struct worker *w)
{
    struct tray_slot *best = NULL;
    for (unsigned i = 0; i < w->tray.shape.slots; i++) {
        struct tray_slot *slot = &w->tray.head->slots[i];
        if (atomic_load(&slot->state) == TRAY_QUEUED &&
            (best == NULL || slot->ticket < best->ticket))
            best = slot;
    }
    return best;
}

/* Waits for a slot that is QUEUED. */
static struct tray_slot *wait_slot(struct worker *w)
{
    for (;;) {
        struct tray_slot *slot = next_slot(w);
        if (slot != NULL)
            return slot;
        if (w->unheard > 0)
            ring(w);
        atomic_store(&w->tray.head->worker_sleeps, 1);
        if (next_slot(w) == NULL)
            worker_sleep(w->how->bell_fd);
        atomic_store(&w->tray.head->worker_sleeps, 0);
    }
}

/* --- replies --------------------------------------------------------------------- */

/* Writes one reply. */
typedef void (*pack_fn)(const void *what, struct packer *to);

static void pack_result(const void *what, struct packer *to)
{
    worker_result_pack(what, to);
}

static void pack_why(const void *what, struct packer *to)
{
    reply_pack_refused(what, to);
}

/* The large room is one for all slots: the front must have taken what is there. */
static void wait_large_room(struct worker *w, uint32_t slot)
{
    const struct timespec nap = {.tv_nsec = NAP_NS};
    _Atomic uint32_t *owner = &w->tray.head->large_reply;
    if (w->unheard > 0)
        ring(w);
    for (uint32_t none = 0;
         !atomic_compare_exchange_strong(owner, &none, slot + 1); none = 0)
        nanosleep(&nap, NULL);
}

static bool pack_into(struct worker *w, struct tray_slot *slot, bool is_large,
                      pack_fn pack, const void *what)
{
    size_t size;
    uint32_t number = (uint32_t)(slot - w->tray.head->slots);
    uint8_t *room = tray_reply(&w->tray, number, is_large, &size);
    struct packer to;
    packer_fixed(&to, room, size);
    pack(what, &to);
    slot->is_large_reply = is_large;
    slot->reply_n = to.n;
    return !to.is_full;
}

static void write_reply(struct worker *w, struct tray_slot *slot, pack_fn pack,
                        const void *what)
{
    if (pack_into(w, slot, false, pack, what))
        return;
    wait_large_room(w, (uint32_t)(slot - w->tray.head->slots));
    if (pack_into(w, slot, true, pack, what))
        return;
    atomic_store(&w->tray.head->large_reply, 0);
    g_autofree char *why =
        g_strdup_printf("what the scan found is more than the %" PRIu64
                        " bytes that a worker may answer",
                        w->tray.shape.large_reply);
    pack_into(w, slot, false, pack_why, why);
}

/* The request is over: nothing of its bytes may be looked at any more. */
static void reply(struct worker *w, struct tray_slot *slot, pack_fn pack,
                  const void *what)
{
    bool is_bulk = slot->is_bulk != 0;
    write_reply(w, slot, pack, what);
    atomic_store_explicit(&slot->state, TRAY_ANSWERED, memory_order_release);
    crumb_begin(&w->tray.head->crumb, 0);
    /* Three quarters of a queue are worth a chime: what is left of it takes longer than
     * the front, which fills it up. */
    w->unheard++;
    if (!is_bulk || w->unheard * 4 >= w->tray.shape.slots * 3 ||
        next_slot(w) == NULL)
        ring(w);
}

/* --- tasks ----------------------------------------------------------------------- */

static void do_scan(struct worker *w, struct tray_slot *slot, const uint8_t *p,
                    size_t n)
{
    struct worker_result result;
    worker_scan(&w->scanner, p, n, &result);
    reply(w, slot, pack_result, &result);
    /* Somebody waits for the answer, nobody for this. */
    worker_result_clear(&result);
}

static void pack_answer(const void *what, struct packer *to)
{
    const GByteArray *answer = what;
    pack_raw(to, answer->data, answer->len);
}

static void do_errand(struct worker *w, struct tray_slot *slot,
                      const uint8_t *p, size_t n)
{
    const char *why = worker_guest_run(&w->guest, &w->scanner.watch.plan, p, n,
                                       (size_t)w->tray.shape.large_reply);
    if (why != NULL)
        reply(w, slot, pack_why, why);
    else
        reply(w, slot, pack_answer, w->guest.answer);
}

struct failures {
    GPtrArray *texts; /* instance, text, instance, text ... */
};

static void pack_failures(const void *what, struct packer *to)
{
    const struct failures *failures = what;
    pack_u32(to, failures->texts->len / 2);
    for (unsigned i = 0; i < failures->texts->len; i++)
        pack_text(to, failures->texts->pdata[i]);
}

static const struct instance *instance_of(const struct host *host, size_t place)
{
    for (unsigned i = 0; i < host->instances->len; i++) {
        const struct instance *instance = host->instances->pdata[i];
        if (&instance->scanner == host->scanners[place])
            return instance;
    }
    return NULL;
}

/* Is that place among those of a request? */
static bool is_listed(size_t place, const uint8_t *p, size_t n)
{
    uint32_t listed;
    for (size_t i = 0; i + sizeof listed <= n; i += sizeof listed) {
        memcpy(&listed, p + i, sizeof listed);
        if (listed == place)
            return true;
    }
    return false;
}

static void do_self_tests(struct worker *w, struct tray_slot *slot,
                          const uint8_t *p, size_t n)
{
    const struct host *host = w->how->host;
    struct crumb *crumb = &w->tray.head->crumb;
    struct failures failures = {g_ptr_array_new_with_free_func(g_free)};
    for (size_t place = 0; place < host->scanner_n; place++) {
        const struct instance *instance = instance_of(host, place);
        g_autoptr(GError) error = NULL;
        if (instance == NULL || is_listed(place, p, n))
            continue;
        crumb_call(crumb, (uint32_t)place);
        syscalls_blame(instance->name);
        if (!host_self_test(instance, &error)) {
            g_ptr_array_add(failures.texts, g_strdup(instance->name));
            g_ptr_array_add(failures.texts, g_strdup(error->message));
        }
        crumb_return(crumb);
    }
    reply(w, slot, pack_failures, &failures);
    g_ptr_array_unref(failures.texts);
}

static void refuse(struct worker *w, struct tray_slot *slot, const char *why)
{
    reply(w, slot, pack_why, why);
}

static void do_task(struct worker *w, struct tray_slot *slot)
{
    size_t size;
    unsigned number = (unsigned)(slot - w->tray.head->slots);
    const uint8_t *p =
        tray_request(&w->tray, number, slot->is_large_request != 0, &size);
    size_t n = MIN((size_t)slot->request_n, size);
    switch (slot->task) {
    case TRAY_SCAN:
        do_scan(w, slot, p, n);
        break;
    case TRAY_GUEST:
        do_errand(w, slot, p, n);
        break;
    case TRAY_SELF_TEST:
        do_self_tests(w, slot, p, n);
        break;
    default:
        refuse(w, slot, "the worker does not know such a task");
        break;
    }
}

static void serve(struct worker *w, struct tray_slot *slot)
{
    uint32_t queued = TRAY_QUEUED;
    if (!atomic_compare_exchange_strong(&slot->state, &queued, TRAY_RUNNING))
        return; /* withdrawn */
    crumb_begin(&w->tray.head->crumb, slot->ticket);
    do_task(w, slot);
}

_Noreturn void worker_main(const struct worker_how *how)
{
    struct worker w = {.how = how};
    if (!worker_start(how, &w.tray, &w.guest))
        _exit(1);
    worker_scanner_init(&w.scanner, how->host, how->link, &w.tray);
    w.asker = (struct worker_asker){
        .tray = &w.tray,
        .plan = &w.scanner.plan,
        .bell_fd = how->bell_fd,
        .chime_fd = how->chime_fd,
    };
    worker_ask_init(&w.asker, how->link);
    ring(&w);
    for (;;)
        serve(&w, wait_slot(&w));
}
