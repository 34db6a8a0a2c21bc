/* SPDX-License-Identifier: MIT */
/*
 * The front against workers that have been taken over.
 *
 *     hostile_seat SECONDS [SEED]
 *
 * Forks workers that are adversaries (adversary.h), while the real front code places
 * requests, takes answers, withdraws and empties seats.  Every request has to be
 * answered exactly once, whatever the trays say, and every answer that is believed has
 * to be one that a scan could give.  Prints what happened; fails on a lost or doubled
 * answer, and when the front stands still.
 */
#include "adversary.h"
#include "base/clock.h"
#include "hostile.h"
#include "mail/message.h"
#include "pool/hello.h"
#include "pool/reply.h"
#include "pool/request.h"
#include "pool/seat.h"
#include "verdict/verdict.h"

#include <assay/plugin.h>

#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SEATS = 3,
    SCANNERS = 3,
    SLOTS = 4,
    OUTSTANDING = 32,
    DEADLINE_MS = 40,
    START_MS = 500,
    STANDSTILL_S = 20,
    TRIES_MAX = 12
};

/* One request of the front. */
struct work {
    uint64_t number;
    GBytes *raw;
    unsigned tries;
    unsigned answers; /* must become 1 and stay so */
};

/* A seat and who plays its worker. */
struct desk {
    struct seat seat;
    pid_t pid; /* 0: nobody */
};

/* All of it.  Used by the front's thread only, but for what is in trays. */
struct war {
    struct desk desks[SEATS];
    struct scanner scanners[SCANNERS];
    const struct scanner *list[SCANNERS];
    struct scan_plan plan;
    struct session *session;
    struct policy *policy;
    struct tray_shape shape;
    GQueue *waiting; /* struct work */
    GByteArray *buffer;
    uint64_t seed;
    uint64_t made;
    uint64_t answered;
    uint64_t believed; /* ... by a reply that could be true */
    uint64_t given_up; /* ... with `failed`, after TRIES_MAX workers */
    uint64_t refused;  /* replies that could not be true */
    uint64_t lives;
    uint64_t deaths; /* ... that the worker chose */
    uint64_t withdrawn;
    unsigned outstanding;
};

static uint64_t chance(struct war *war, uint64_t n)
{
    return hostile_chance(&war->seed, n);
}

/* --- the plan --------------------------------------------------------------------- */

static int32_t handle(void *self, struct task *task)
{
    (void)self;
    struct finding *f = finding_new(NULL);
    f->object = task->object;
    f->status = task->index == 0 ? ASSAY_STATUS_FOUND : ASSAY_STATUS_CLEAN;
    f->kind = task->index == 0 ? ASSAY_KIND_INFO : 0;
    f->name = g_strdup("seen");
    task_report(task, f);
    return ASSAY_RC_OK;
}

static void open_plan(struct war *war)
{
    static const char *const names[SCANNERS] = {"one", "two", "three"};
    limits_default(&war->plan.limits);
    for (size_t i = 0; i < SCANNERS; i++) {
        war->scanners[i] =
            (struct scanner){.name = g_intern_static_string(names[i]),
                             .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_OBJECT),
                             .flags = ASSAY_FLAG_MALWARE | ASSAY_FLAG_CHILDREN,
                             .handle = handle};
        war->list[i] = &war->scanners[i];
    }
    war->plan.scanners = war->list;
    war->plan.scanner_n = SCANNERS;
    war->session = session_new();
    g_ptr_array_add(war->session->rcpts, g_strdup("bob@example.org"));
    if (!policy_new(NULL, &war->policy, NULL))
        hostile_die("no policy");
}

/* --- workers ------------------------------------------------------------------------ */

_Noreturn static void live(const struct war *war, const struct desk *desk,
                           uint64_t seed)
{
    struct adversary adversary = {.bell = desk->seat.worker_bell,
                                  .chime = desk->seat.worker_chime,
                                  .log = -1,
                                  .plan = &war->plan,
                                  .seed = seed};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    alarm(0);
    if (adversary_attach(&adversary, desk->seat.tray.fd, &war->shape))
        adversary_live(&adversary);
    _exit(1);
}

static void man(struct war *war, struct desk *desk)
{
    uint64_t seed = chance(war, UINT32_MAX) + 1;
    desk->pid = fork();
    if (desk->pid < 0)
        hostile_die("no process");
    if (desk->pid == 0)
        live(war, desk, seed);
    desk->seat.pid = desk->pid;
    war->lives++;
    seat_enter(&desk->seat, SEAT_STARTING, clock_mono_ns());
}

static void put_back(struct war *war, struct work *work);

/* The worker is dead, its loads go to others. */
static void clear_desk(struct war *war, struct desk *desk)
{
    struct load load;
    if (desk->pid > 0) {
        kill(desk->pid, SIGKILL);
        waitpid(desk->pid, NULL, 0);
        desk->pid = 0;
    }
    while (seat_take_oldest(&desk->seat, &load))
        put_back(war, load.work);
    if (desk->seat.load_n != 0)
        hostile_die("a load was lost on a seat");
    seat_empty(&desk->seat, clock_mono_ns());
}

/* --- requests ----------------------------------------------------------------------- */

static void finish(struct war *war, struct work *work)
{
    if (++work->answers != 1)
        hostile_die("a request was answered twice");
    war->answered++;
    war->outstanding--;
    g_bytes_unref(work->raw);
    g_free(work);
}

static void put_back(struct war *war, struct work *work)
{
    if (work->tries < TRIES_MAX) {
        g_queue_push_head(war->waiting, work);
        return;
    }
    war->given_up++;
    finish(war, work);
}

static void make_work(struct war *war)
{
    struct work *work = g_new0(struct work, 1);
    const char *mail = hostile_mails[chance(war, HOSTILE_MAILS)];
    work->number = war->made++;
    if (chance(war, 50) == 0) {
        size_t n = TRAY_SMALL_REQUEST + chance(war, 100000);
        char *large = g_malloc(n);
        memset(large, 'x', n);
        work->raw = g_bytes_new_take(large, n);
    } else {
        work->raw = g_bytes_new_static(mail, strlen(mail));
    }
    war->outstanding++;
    g_queue_push_tail(war->waiting, work);
}

/* False: this seat has no room. */
static bool place(struct war *war, struct desk *desk, struct work *work)
{
    uint8_t *room;
    size_t size;
    size_t n = 0;
    struct packer to;
    const struct request request = {
        .session = war->session,
        .now_s = 1700000000,
        .raw = g_bytes_get_data(work->raw, &n),
        .raw_n = g_bytes_get_size(work->raw),
        .flags = chance(war, 4) == 0 ? REQUEST_NEEDS_DIGESTS : 0};
    for (int is_large = 0; is_large <= 1; is_large++) {
        int slot = seat_room(&desk->seat, is_large != 0, &room, &size);
        if (slot < 0)
            return false;
        packer_fixed(&to, room, size);
        request_pack(&request, &to);
        if (to.is_full)
            continue;
        const struct load load = {.work = work,
                                  .task = TRAY_SCAN,
                                  .is_large = is_large != 0,
                                  .placed_ns = clock_mono_ns()};
        work->tries++;
        seat_place(&desk->seat, (unsigned)slot, &load, to.n, false);
        return true;
    }
    hostile_die("a request fits nowhere");
}

static void place_all(struct war *war, struct desk *desk)
{
    struct work *work;
    while ((work = g_queue_pop_head(war->waiting)) != NULL)
        if (!place(war, desk, work)) {
            g_queue_push_head(war->waiting, work);
            break;
        }
    seat_ring(&desk->seat);
}

/* --- answers ------------------------------------------------------------------------ */

static void check(const struct war *war, const struct reply *reply,
                  const struct work *work)
{
    struct object *root = reply->message->objects->pdata[0];
    if (root->size != g_bytes_get_size(work->raw))
        hostile_die("an answer of another message was believed");
    hostile_check(reply->scan);
    verdict_free(verdict_new(war->policy, reply->scan));
}

/* True: it was believed. */
static bool take(struct war *war, struct work *work)
{
    const struct reply_context context = {.plan = &war->plan,
                                          .session = war->session,
                                          .raw_size =
                                              g_bytes_get_size(work->raw),
                                          .now_s = 1700000000};
    struct unpacker from;
    struct reply reply = {0};
    unpacker_init(&from, war->buffer->data, war->buffer->len);
    if (!reply_unpack(&from, &context, &reply, NULL)) {
        war->refused++;
        return false;
    }
    bool is_done = reply.kind == REPLY_DONE;
    if (is_done)
        check(war, &reply, work);
    reply_clear(&reply);
    if (is_done) {
        war->believed++;
        finish(war, work);
    } else {
        put_back(war, work);
    }
    return true;
}

static void take_all(struct war *war, struct desk *desk, uint64_t now_ns)
{
    struct load load;
    while (seat_answer(&desk->seat, &load, war->buffer, now_ns))
        if (!take(war, load.work)) {
            put_back(war, load.work);
            clear_desk(war, desk);
            return;
        }
}

static void withdraw_some(struct war *war, struct desk *desk)
{
    unsigned slot = (unsigned)chance(war, SLOTS);
    struct work *work = desk->seat.loads[slot].work;
    if (chance(war, 30) == 0 && seat_withdraw(&desk->seat, slot)) {
        war->withdrawn++;
        put_back(war, work);
    }
}

static void greet(struct war *war, struct desk *desk, uint64_t now_ns)
{
    struct hello hello = {0};
    struct unpacker from;
    if (!seat_hello(&desk->seat, war->buffer))
        return;
    unpacker_init(&from, war->buffer->data, war->buffer->len);
    if (!hello_unpack(&from, SCANNERS, &hello)) {
        clear_desk(war, desk);
        return;
    }
    hello_clear(&hello);
    seat_enter(&desk->seat, SEAT_READY, now_ns);
}

static void tend(struct war *war, struct desk *desk)
{
    uint64_t now_ns = clock_mono_ns();
    struct crumb_copy crumb;
    if (desk->pid > 0 && waitpid(desk->pid, NULL, WNOHANG) == desk->pid) {
        war->deaths++;
        desk->pid = 0;
        /* What it had answered counts. */
        if (desk->seat.state == SEAT_READY)
            take_all(war, desk, now_ns);
        clear_desk(war, desk);
    }
    if (desk->pid == 0)
        man(war, desk);
    seat_hear(&desk->seat);
    crumb_read(&desk->seat.tray.head->crumb, SCANNERS, &crumb);
    if (crumb.scanner > SCANNERS || !g_utf8_validate(crumb.where, -1, NULL))
        hostile_die("a crumb that cannot be was believed");
    if (desk->seat.state == SEAT_STARTING)
        greet(war, desk, now_ns);
    if (desk->seat.state == SEAT_READY) {
        take_all(war, desk, now_ns);
        withdraw_some(war, desk);
    }
    if (desk->seat.state == SEAT_READY)
        place_all(war, desk);
    bool is_late = desk->seat.load_n > 0 &&
                   now_ns > desk->seat.current_ns + DEADLINE_MS * MS_NS;
    bool is_mute = desk->seat.state == SEAT_STARTING &&
                   now_ns > desk->seat.state_ns + START_MS * MS_NS;
    if (is_late || is_mute || chance(war, 2000) == 0)
        clear_desk(war, desk);
}

static void wait_for_chimes(struct war *war)
{
    struct pollfd chimes[SEATS];
    for (unsigned i = 0; i < SEATS; i++)
        chimes[i] =
            (struct pollfd){.fd = war->desks[i].seat.chime, .events = POLLIN};
    poll(chimes, SEATS, 1);
}

static void open_war(struct war *war)
{
    open_plan(war);
    war->waiting = g_queue_new();
    war->buffer = g_byte_array_new();
    /* Small large rooms: a liar should not make this test wait. */
    war->shape = (struct tray_shape){.slots = SLOTS,
                                     .large_request = 4 << 20,
                                     .large_reply = 4 << 20,
                                     .question = 1 << 20,
                                     .answer = 1 << 20};
    for (unsigned i = 0; i < SEATS; i++)
        if (!seat_open(&war->desks[i].seat, i, &war->shape, NULL))
            hostile_die("no seat");
}

static void close_war(struct war *war)
{
    for (unsigned i = 0; i < SEATS; i++)
        seat_close(&war->desks[i].seat);
    g_queue_free(war->waiting);
    g_byte_array_unref(war->buffer);
    session_free(war->session);
    policy_free(war->policy);
}

int main(int argc, char **argv)
{
    static struct war war;
    uint64_t seconds;
    hostile_args(argc, argv, &seconds, &war.seed);
    open_war(&war);
    uint64_t end_ns = clock_mono_ns() + seconds * 1000 * MS_NS;
    while (clock_mono_ns() < end_ns) {
        alarm(STANDSTILL_S);
        while (war.outstanding < OUTSTANDING)
            make_work(&war);
        for (unsigned i = 0; i < SEATS; i++)
            tend(&war, &war.desks[i]);
        wait_for_chimes(&war);
    }
    for (unsigned i = 0; i < SEATS; i++)
        clear_desk(&war, &war.desks[i]);
    struct work *work;
    while ((work = g_queue_pop_head(war.waiting)) != NULL) {
        war.given_up++;
        finish(&war, work);
    }
    close_war(&war);
    printf("hostile_seat: messages=%" PRIu64 " answered=%" PRIu64
           " believed=%" PRIu64 " given_up=%" PRIu64 " refused=%" PRIu64
           " withdrawn=%" PRIu64 " lives=%" PRIu64 " deaths=%" PRIu64
           " lost=%" PRIu64 "\n",
           war.made, war.answered, war.believed, war.given_up, war.refused,
           war.withdrawn, war.lives, war.deaths, war.made - war.answered);
    return war.made == war.answered && war.believed > 0 && war.refused > 0 ? 0
                                                                           : 1;
}
