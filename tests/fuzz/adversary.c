/* SPDX-License-Identifier: MIT */
#include "adversary.h"

#include "mail/message.h"
#include "pool/hello.h"
#include "pool/reply.h"
#include "pool/request.h"
#include "scan/wishes.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum {
    NAP_MS = 2,
    RANDOM_BYTES = 4096,
    MALICE_MAX = 3,
    FLIPS_A_LOOK = 64
};

/* --- chance ----------------------------------------------------------------------- */

/* xorshift64*. */
static uint64_t chance(struct adversary *a)
{
    a->seed ^= a->seed >> 12;
    a->seed ^= a->seed << 25;
    a->seed ^= a->seed >> 27;
    return a->seed * UINT64_C(2685821657736338717);
}

static uint64_t below(struct adversary *a, uint64_t n)
{
    return (chance(a) >> 16) % n;
}

/* A number of the kind that bounds are forgotten for. */
static uint64_t odd_number(struct adversary *a)
{
    static const uint64_t odd[] = {
        0,
        1,
        7,
        8,
        9,
        0xff,
        0x7fffffff,
        0x80000000,
        UINT32_MAX,
        UINT64_C(1) << 32,
        INT64_MAX,
        UINT64_MAX,
        UINT64_MAX - 7,
        TRAY_SMALL_REPLY,
        TRAY_SMALL_REPLY + 1,
        TRAY_SMALL_REQUEST,
        96 << 20,
        (96 << 20) + 1,
    };
    return below(a, 3) == 0 ? chance(a) : odd[below(a, G_N_ELEMENTS(odd))];
}

static void scribble(struct adversary *a, void *p, size_t n)
{
    uint8_t *bytes = p;
    for (size_t i = 0; i < n; i += sizeof(uint64_t)) {
        uint64_t word = chance(a);
        memcpy(bytes + i, &word, MIN(sizeof word, n - i));
    }
}

/* --- as a worker does it ------------------------------------------------------------ */

static void ring(int fd)
{
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    if (poll(&ready, 1, 0) == 1 && write(fd, "", 1) < 0)
        return;
}

static void nap(unsigned ms)
{
    const struct timespec time = {.tv_sec = ms / 1000,
                                  .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&time, NULL);
}

static void wait_for_bell(struct adversary *a)
{
    struct pollfd bell = {.fd = a->bell, .events = POLLIN};
    uint64_t rung;
    atomic_store(&a->tray.head->worker_sleeps, 1);
    if (poll(&bell, 1, NAP_MS) == 1 && read(a->bell, &rung, sizeof rung) < 0)
        nap(1);
    atomic_store(&a->tray.head->worker_sleeps, 0);
}

static void greet(struct adversary *a)
{
    struct hello hello = {0};
    struct packer to;
    size_t size;
    uint8_t *room = tray_reply(&a->tray, 0, false, &size);
    hello.sandbox.landlock_abi = 2;
    if (below(a, 4) == 0 && a->plan->scanner_n > 0)
        hello_add(&hello, (uint32_t)below(a, a->plan->scanner_n),
                  "no \x1b[31mdatabase\n");
    packer_fixed(&to, room, size);
    hello_pack(&hello, &to);
    a->tray.head->hello_n = (uint32_t)to.n;
    if (a->malice == MALICE_MAX && below(a, 4) == 0) {
        scribble(a, room, below(a, RANDOM_BYTES));
        a->tray.head->hello_n = (uint32_t)odd_number(a);
    }
    atomic_store(&a->tray.head->phase, TRAY_READY);
    ring(a->chime);
    hello_clear(&hello);
}

/* The queued slot with the lowest ticket; -1: none. */
static int next_slot(const struct adversary *a)
{
    int next = -1;
    const struct tray_slot *slots = a->tray.head->slots;
    for (unsigned i = 0; i < a->tray.shape.slots; i++)
        if (atomic_load(&slots[i].state) == TRAY_QUEUED &&
            (next < 0 || slots[i].ticket < slots[next].ticket))
            next = (int)i;
    return next;
}

static void finish(struct adversary *a, unsigned slot, bool is_large, size_t n)
{
    struct tray_slot *s = &a->tray.head->slots[slot];
    s->reply_n = n;
    s->is_large_reply = is_large;
    if (is_large)
        atomic_store(&a->tray.head->large_reply, slot + 1);
    atomic_store(&s->state, TRAY_ANSWERED);
    ring(a->chime);
}

static void answer_refused(struct adversary *a, unsigned slot)
{
    struct packer to;
    size_t size;
    uint8_t *room = tray_reply(&a->tray, slot, false, &size);
    packer_fixed(&to, room, size);
    reply_pack_refused("no\nway \xff", &to);
    finish(a, slot, false, to.n);
}

/* The plan without those that the request leaves out, in `list`. */
static struct scan_plan plan_for(const struct adversary *a,
                                 const struct request *request,
                                 const struct scanner **list)
{
    struct scan_plan plan = *a->plan;
    size_t n = 0;
    uint32_t out = 0;
    for (uint32_t i = 0; i < plan.scanner_n; i++) {
        if (out < request->left_out_n && request->left_out[out] == i)
            out++;
        else
            list[n++] = plan.scanners[i];
    }
    plan.scanners = list;
    plan.scanner_n = n;
    return plan;
}

static void pack_scan(const struct scan *scan, bool with_digests,
                      struct packer *to)
{
    if (!scan->is_suspended) {
        reply_pack(scan, with_digests, to);
        return;
    }
    struct packer wishes_to;
    GByteArray *packed = g_byte_array_new();
    packer_grow(&wishes_to, packed, REPLY_WISHES_MAX);
    wishes_pack(scan->open, &wishes_to);
    g_autoptr(GBytes) wishes = g_byte_array_free_to_bytes(packed);
    reply_pack_suspended(scan->journal, wishes, to);
}

static void answer_scan(struct adversary *a, unsigned slot,
                        const struct scan *scan, bool with_digests)
{
    for (int is_large = 0; is_large <= 1; is_large++) {
        struct packer to;
        size_t size;
        uint8_t *room = tray_reply(&a->tray, slot, is_large != 0, &size);
        packer_fixed(&to, room, size);
        pack_scan(scan, with_digests, &to);
        if (!to.is_full) {
            finish(a, slot, is_large != 0, to.n);
            return;
        }
    }
    answer_refused(a, slot);
}

static void scan_and_answer(struct adversary *a, unsigned slot,
                            const struct request *request)
{
    g_autofree const struct scanner **list =
        g_new(const struct scanner *, a->plan->scanner_n + 1);
    struct scan_plan plan = plan_for(a, request, list);
    g_autoptr(GBytes) raw = g_bytes_new(request->raw, request->raw_n);
    struct journal *journal =
        request->journal != NULL
            ? journal_unpack(request->journal, request->journal_n)
            : NULL;
    const struct scan_input input = {
        .message = message_new(raw, request->session, &plan.limits),
        .now_s = request->now_s,
        .journal = journal,
        .may_suspend = (request->flags & REQUEST_MAY_SUSPEND) != 0,
        .journal_max = REPLY_JOURNAL_MAX,
    };
    struct scan *scan = scan_run_input(&plan, &input);
    answer_scan(a, slot, scan, (request->flags & REQUEST_NEEDS_DIGESTS) != 0);
    scan_free(scan);
    message_free(input.message);
    journal_free(journal);
}

/* What a guest says is bytes to the front. */
static void answer_as_guest(struct adversary *a, unsigned slot)
{
    size_t size;
    size_t n = (size_t)below(a, RANDOM_BYTES);
    scribble(a, tray_reply(&a->tray, slot, false, &size), n);
    finish(a, slot, false, n);
}

static void answer_honestly(struct adversary *a, unsigned slot)
{
    const struct tray_slot *s = &a->tray.head->slots[slot];
    struct request_reader reader = {0};
    struct request request;
    struct unpacker from;
    size_t size;
    const uint8_t *room =
        tray_request(&a->tray, slot, s->is_large_request != 0, &size);
    size = MIN((size_t)s->request_n, size);
    /* A copy: after a lie about this slot the front writes the next one there. */
    g_autofree uint8_t *copy = g_memdup2(room, size);
    unpacker_init(&from, copy, size);
    if (s->task == TRAY_GUEST)
        answer_as_guest(a, slot);
    else if (s->task == TRAY_SCAN &&
             request_unpack(&reader, &from, (uint32_t)a->plan->scanner_n,
                            &request, NULL))
        scan_and_answer(a, slot, &request);
    else
        answer_refused(a, slot);
    request_reader_clear(&reader);
}

/* --- as it should not ---------------------------------------------------------------- */

static unsigned any_slot(struct adversary *a)
{
    return (unsigned)below(a, a->tray.shape.slots);
}

static void reply_of_nothing(struct adversary *a, unsigned slot)
{
    finish(a, slot, below(a, 2) == 0, 0);
}

static void reply_at_random(struct adversary *a, unsigned slot)
{
    size_t size;
    size_t n = (size_t)below(a, RANDOM_BYTES);
    scribble(a, tray_reply(&a->tray, slot, false, &size), n);
    finish(a, slot, false, n);
}

static void reply_of_another_length(struct adversary *a, unsigned slot)
{
    answer_honestly(a, slot);
    a->tray.head->slots[slot].reply_n = odd_number(a);
    a->tray.head->slots[slot].is_large_reply = (uint32_t)below(a, 3);
}

/* The right answer with a few wrong bytes; the front may be quicker. */
static void reply_with_wrong_bytes(struct adversary *a, unsigned slot)
{
    size_t size;
    uint8_t *room = tray_reply(&a->tray, slot, false, &size);
    answer_honestly(a, slot);
    size_t n = MIN((size_t)a->tray.head->slots[slot].reply_n, size);
    for (uint64_t i = 1 + below(a, 8); n > 0 && i > 0; i--)
        room[below(a, n)] = (uint8_t)chance(a);
}

/* ... which changes while it is copied. */
static void reply_that_changes(struct adversary *a, unsigned slot)
{
    size_t size;
    uint8_t *room = tray_reply(&a->tray, slot, false, &size);
    struct tray_slot *s = &a->tray.head->slots[slot];
    answer_honestly(a, slot);
    uint64_t right = s->reply_n;
    for (int i = 0; i < 2000; i++) {
        *(volatile uint64_t *)&s->reply_n = i % 2 == 0 ? odd_number(a) : right;
        *(volatile uint32_t *)&s->is_large_reply = (uint32_t)(i % 3);
        ((volatile uint8_t *)room)[below(a, 256)] ^= 1;
    }
}

static void reply_of_another(struct adversary *a, unsigned slot)
{
    size_t size;
    unsigned other = any_slot(a);
    const uint8_t *from = tray_reply(&a->tray, other, false, &size);
    uint8_t *to = tray_reply(&a->tray, slot, false, &size);
    memmove(to, from, size);
    finish(a, slot, false, (size_t)a->tray.head->slots[other].reply_n);
}

/* Wishes that are well made, and a journal that is not. */
static void reply_that_waits(struct adversary *a, unsigned slot)
{
    static const char *const keys[] = {"", "example.org", "mx.example.org"};
    struct packer to;
    size_t size;
    uint8_t noise[64];
    uint8_t *room = tray_reply(&a->tray, slot, false, &size);
    g_autoptr(GPtrArray) wishes = wishes_new();
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    for (uint64_t i = below(a, 6); i > 0; i--)
        g_ptr_array_add(wishes,
                        wish_new((uint32_t)below(a, 4),
                                 (uint32_t)(below(a, 8) == 0 ? odd_number(a)
                                                             : below(a, 30)),
                                 keys[below(a, G_N_ELEMENTS(keys))]));
    packer_grow(&to, bytes, SIZE_MAX);
    wishes_pack(wishes, &to);
    for (uint64_t i = below(a, 4) == 0 ? below(a, 4) : 0; i > 0; i--)
        bytes->data[below(a, bytes->len)] = (uint8_t)chance(a);
    scribble(a, noise, sizeof noise);
    g_autoptr(GBytes) journal = g_bytes_new(noise, below(a, sizeof noise));
    g_autoptr(GBytes) wished = g_bytes_new(bytes->data, bytes->len);
    packer_fixed(&to, room, size);
    reply_pack_suspended(journal, wished, &to);
    finish(a, slot, false, to.n);
}

static void all_answered(struct adversary *a, unsigned slot)
{
    (void)slot;
    for (unsigned i = 0; i < TRAY_SLOTS_MAX; i++)
        atomic_store(&a->tray.head->slots[i].state, TRAY_ANSWERED);
    ring(a->chime);
}

static void states_at_random(struct adversary *a, unsigned slot)
{
    (void)slot;
    for (int i = 0; i < 500; i++)
        atomic_store(
            &a->tray.head->slots[below(a, TRAY_SLOTS_MAX)].state,
            (uint32_t)(below(a, 9) == 0 ? odd_number(a) : below(a, 4)));
    ring(a->chime);
}

static void forged_tickets(struct adversary *a, unsigned slot)
{
    for (unsigned i = 0; i < TRAY_SLOTS_MAX; i++)
        a->tray.head->slots[i].ticket = odd_number(a);
    answer_honestly(a, slot);
}

static void forged_crumb(struct adversary *a, unsigned slot)
{
    struct crumb *crumb = &a->tray.head->crumb;
    scribble(a, crumb, sizeof *crumb);
    atomic_store(&crumb->scanner, (uint32_t)below(a, 8));
    if (below(a, 2) == 0)
        atomic_store(&crumb->ticket, a->tray.head->slots[slot].ticket);
    atomic_store(&crumb->since_ns, odd_number(a));
    atomic_store(&crumb->call_ns, odd_number(a));
    atomic_store(&crumb->denied, (uint32_t)odd_number(a));
}

static void forged_question(struct adversary *a, unsigned slot)
{
    struct tray_ask *ask = &a->tray.head->ask;
    (void)slot;
    ask->scanner = (uint32_t)(below(a, 2) == 0 ? odd_number(a) : below(a, 8));
    ask->question_n = odd_number(a);
    ask->answer_n = odd_number(a);
    ask->is_refused = (uint32_t)chance(a);
    if (a->tray.shape.question > RANDOM_BYTES)
        scribble(a, a->tray.question, below(a, RANDOM_BYTES));
    atomic_store(&ask->state,
                 (uint32_t)(below(a, 4) == 0 ? odd_number(a) : TRAY_ASKED));
    ring(a->chime);
}

static void scribble_head(struct adversary *a, unsigned slot)
{
    (void)slot;
    scribble(a, a->tray.head, sizeof *a->tray.head);
    ring(a->chime);
}

static void scribble_requests(struct adversary *a, unsigned slot)
{
    size_t size;
    scribble(a, tray_request(&a->tray, slot, false, &size),
             below(a, RANDOM_BYTES));
    answer_refused(a, slot);
}

static void starts_again(struct adversary *a, unsigned slot)
{
    (void)slot;
    atomic_store(&a->tray.head->phase, (uint32_t)below(a, 3));
    a->tray.head->hello_n = (uint32_t)odd_number(a);
    ring(a->chime);
}

static void rings_for_nothing(struct adversary *a, unsigned slot)
{
    (void)slot;
    for (int i = 0; i < 2000; i++)
        ring(a->chime);
}

/* Whoever writes into what is full waits, unless it does not. */
static void fills_the_bell(struct adversary *a, unsigned slot)
{
    char rings[RANDOM_BYTES];
    memset(rings, 1, sizeof rings);
    fcntl(a->chime, F_SETFL, O_NONBLOCK);
    for (int i = 0; i < 100; i++)
        if (write(a->chime, rings, sizeof rings) < 0)
            break;
    fcntl(a->chime, F_SETFL, 0);
    for (int i = 0; i < 20; i++) {
        atomic_store(&a->tray.head->worker_sleeps, 1);
        answer_honestly(a, slot);
    }
}

/* Each side's mode is its own, or the other side waits for ever. */
static void changes_modes(struct adversary *a, unsigned slot)
{
    fcntl(a->chime, F_SETFL, 0);
    fcntl(a->bell, F_SETFL, 0);
    answer_honestly(a, slot);
    fcntl(a->chime, F_SETFL, O_NONBLOCK);
    fcntl(a->bell, F_SETFL, O_NONBLOCK);
}

static void punches_holes(struct adversary *a, unsigned slot)
{
    answer_honestly(a, slot);
    madvise(a->tray.map, a->tray.size, MADV_REMOVE);
    ring(a->chime);
}

static void prints(struct adversary *a, unsigned slot)
{
    uint8_t noise[RANDOM_BYTES];
    for (uint64_t i = below(a, 64); a->log >= 0 && i > 0; i--) {
        scribble(a, noise, sizeof noise);
        if (write(a->log, noise, below(a, sizeof noise)) < 0)
            break;
    }
    answer_honestly(a, slot);
}

static void sleeps(struct adversary *a, unsigned slot)
{
    nap((unsigned)below(a, 30));
    answer_honestly(a, slot);
}

static void hangs(struct adversary *a, unsigned slot)
{
    (void)slot;
    forged_crumb(a, slot);
    for (;;)
        nap(1000);
}

static void dies(struct adversary *a, unsigned slot)
{
    static const int signals[] = {SIGKILL, SIGSEGV, SIGABRT, SIGTERM, SIGSYS};
    (void)slot;
    if (below(a, 3) == 0)
        _exit((int)below(a, 256));
    int number = signals[below(a, G_N_ELEMENTS(signals))];
    signal(number, SIG_DFL);
    raise(number);
}

/* Answers, then dies: the front may not have looked yet. */
static void answers_and_dies(struct adversary *a, unsigned slot)
{
    answer_honestly(a, slot);
    dies(a, slot);
}

static void (*const acts[])(struct adversary *a, unsigned slot) = {
    reply_of_nothing,
    reply_at_random,
    reply_of_another_length,
    reply_with_wrong_bytes,
    reply_that_changes,
    reply_of_another,
    reply_that_waits,
    all_answered,
    states_at_random,
    forged_tickets,
    forged_crumb,
    forged_question,
    scribble_head,
    scribble_requests,
    starts_again,
    rings_for_nothing,
    fills_the_bell,
    changes_modes,
    punches_holes,
    prints,
    sleeps,
    hangs,
    dies,
    answers_and_dies,
};

/* Changes words of the head and of replies as fast as it can, all its life long. */
_Noreturn static void *flip(void *self)
{
    struct adversary *a = self;
    struct adversary own = {.tray = a->tray, .seed = a->seed ^ 0x9e3779b9};
    for (;;) {
        for (int i = 0; i < FLIPS_A_LOOK; i++) {
            size_t at = (size_t)below(&own, sizeof *own.tray.head / 4) * 4;
            volatile uint32_t *word =
                (volatile uint32_t *)(void *)(own.tray.map + at);
            *word = (uint32_t)(below(&own, 2) == 0 ? below(&own, 4)
                                                   : odd_number(&own));
            own.tray.replies[below(&own, RANDOM_BYTES)] ^= 0x40;
        }
        if (below(&own, 8) == 0)
            ring(a->chime);
        nap(0);
    }
}

/* --- a life --------------------------------------------------------------------------- */

bool adversary_attach(struct adversary *a, int tray_fd,
                      const struct tray_shape *shape)
{
    return tray_attach(tray_fd, shape, &a->tray, NULL) &&
           mprotect(a->tray.map, a->tray.size, PROT_READ | PROT_WRITE) == 0;
}

static void work(struct adversary *a)
{
    int slot = next_slot(a);
    bool is_evil = a->malice > 0 && below(a, MALICE_MAX) < a->malice &&
                   (a->malice == MALICE_MAX || below(a, 4) == 0);
    if (is_evil) {
        unsigned at = slot >= 0 ? (unsigned)slot : any_slot(a);
        acts[below(a, G_N_ELEMENTS(acts))](a, at);
    } else if (slot >= 0) {
        uint32_t queued = TRAY_QUEUED;
        if (atomic_compare_exchange_strong(&a->tray.head->slots[slot].state,
                                           &queued, TRAY_RUNNING))
            answer_honestly(a, (unsigned)slot);
        return;
    }
    wait_for_bell(a);
}

/* Most lives are bad ones. */
void adversary_live(struct adversary *a)
{
    static const uint8_t malices[] = {0, 1, 1, 2, 2, 2, 3, 3};
    pthread_t flipper;
    a->malice = malices[below(a, sizeof malices)];
    bool has_flipper = a->malice == MALICE_MAX && below(a, 3) == 0;
    greet(a);
    if (has_flipper && pthread_create(&flipper, NULL, flip, a) == 0)
        pthread_detach(flipper);
    for (;;)
        work(a);
}
