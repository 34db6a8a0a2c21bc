/* SPDX-License-Identifier: MIT */
/*
 * One seat of a crew: its worker is forked, comes up, prints, is killed, has died.
 */
#include "base/clock.h"
#include "base/log.h"
#include "pool/crew.h"
#include "pool/crew_zygote.h"
#include "pool/prints.h"

#include <fcntl.h>
#include <unistd.h>

enum {
    FORK_BACKOFF_MS = 1000, /* after CREW_STILLBORN_MAX in a row, doubled */
    FORK_BACKOFF_MAX_MS = 30000
};

#define MS_NS UINT64_C(1000000)

static struct crew_seat *seat_of(struct crew *crew, const struct seat *seat)
{
    return &crew->seats[seat->number];
}

/* A worker that could not even start: the next ones would fare alike, so there is
 * more and more time between them. */
static void count_stillborn(struct crew *crew, const char *why)
{
    uint64_t wait_ms = 0;
    if (++crew->stillborn < CREW_STILLBORN_MAX)
        return;
    unsigned doubled = MIN(crew->stillborn - CREW_STILLBORN_MAX, 5);
    wait_ms = MIN((uint64_t)FORK_BACKOFF_MS << doubled, FORK_BACKOFF_MAX_MS);
    crew->fork_ns = clock_mono_ns() + wait_ms * MS_NS;
    struct log_event event;
    log_begin(&event, LOG_LEVEL_ERROR, "class.barren");
    log_text(&event, "class", crew->class_name);
    log_text(&event, "why", why);
    log_number(&event, "in_a_row", (int64_t)crew->stillborn);
    log_number(&event, "again_in_ms", (int64_t)wait_ms);
    log_end(&event);
}

/* --- it begins ---------------------------------------------------------------------- */

/* Guests look into the trays of those who ask them. */
static void add_homes(const struct crew *crew, struct order *order, int *fds,
                      size_t *fd_n)
{
    const struct crew *home = crew->home;
    order->home_shape = home->shape;
    for (unsigned i = 0; i < home->seat_n && i < ORDERS_HOMES_MAX; i++) {
        int fd = tray_fd_to_read(&home->seats[i].seat.tray);
        if (fd < 0)
            break;
        fds[(*fd_n)++] = fd;
        order->home_n++;
    }
}

void crew_seat_fork(struct crew *crew, struct crew_seat *s, uint64_t now_ns)
{
    int log[2];
    if (pipe2(log, O_CLOEXEC | O_NONBLOCK) != 0)
        return; /* the next tending tries again */
    struct order order = {
        .kind = ORDER_FORK,
        .number = s->seat.number,
        .shape = crew->shape,
    };
    int fds[ORDERS_FDS_MAX] = {
        [ORDER_FD_TRAY] = s->seat.tray.fd,
        [ORDER_FD_BELL] = s->seat.worker_bell,
        [ORDER_FD_CHIME] = s->seat.worker_chime,
        [ORDER_FD_LOG] = log[1],
    };
    size_t fd_n = ORDER_FORK_FDS;
    if (!crew->is_home)
        add_homes(crew, &order, fds, &fd_n);
    bool is_sent = orders_send(crew->fd, &order, sizeof order, fds, fd_n);
    for (size_t i = ORDER_FORK_FDS; i < fd_n; i++)
        close(fds[i]);
    close(log[1]);
    if (!is_sent) {
        close(log[0]);
        return;
    }
    s->seat.log = log[0];
    s->prints = prints_new();
    crew_watch(crew, log[0], &s->log);
    crew->forks++;
    s->seat.forked_ns = now_ns;
    s->was_ready = false;
    seat_enter(&s->seat, SEAT_FORKING, now_ns);
}

void crew_seat_forked(struct crew *crew, const struct news *news)
{
    struct crew_seat *s = &crew->seats[news->number];
    if (news->pid <= 0) {
        count_stillborn(crew, g_strerror(news->status));
        seat_empty(&s->seat, clock_mono_ns());
        g_clear_pointer(&s->prints, prints_free);
        return;
    }
    s->seat.pid = news->pid;
    if (s->seat.state == SEAT_FORKING)
        seat_enter(&s->seat, SEAT_STARTING, clock_mono_ns());
}

void crew_greet(struct crew *crew, struct seat *seat, uint64_t now_ns)
{
    if (seat->state != SEAT_STARTING || !seat_hello(seat, crew->buffer))
        return;
    struct hello hello = {0};
    struct unpacker from;
    unpacker_init(&from, crew->buffer->data, crew->buffer->len);
    if (!hello_unpack(&from, crew->scanner_n, &hello)) {
        crew_kill(crew, seat, DEATH_TRAY);
        return;
    }
    seat_enter(seat, SEAT_READY, now_ns);
    crew->losses = 0;
    crew->stillborn = 0;
    seat_of(crew, seat)->was_ready = true;
    crew->events->ready(crew->self, crew, seat, &hello);
    hello_clear(&hello);
}

/* --- it ends ------------------------------------------------------------------------ */

void crew_kill(struct crew *crew, struct seat *seat, enum death_cause cause)
{
    const struct order order = {.kind = ORDER_KILL, .number = seat->number};
    if (seat->state == SEAT_EMPTY || seat->state == SEAT_DYING)
        return;
    seat->was_killed = true;
    seat->cause = cause;
    seat_enter(seat, SEAT_DYING, clock_mono_ns());
    if (crew->fd >= 0)
        orders_send(crew->fd, &order, sizeof order, NULL, 0);
}

static void last_words(struct crew *crew, struct crew_seat *s)
{
    if (s->seat.log >= 0)
        prints_read(s->prints, s->seat.log, crew->class_name, s->seat.number,
                    clock_mono_ns());
    g_clear_pointer(&s->prints, prints_free);
}

void crew_log(struct crew *crew, struct seat *seat)
{
    struct crew_seat *s = seat_of(crew, seat);
    if (seat->log >= 0 && s->prints != NULL &&
        !prints_read(s->prints, seat->log, crew->class_name, seat->number,
                     clock_mono_ns())) {
        close(seat->log);
        seat->log = -1;
    }
}

void crew_seat_died(struct crew *crew, struct crew_seat *s, int status)
{
    const struct seat *seat = &s->seat;
    bool is_ours = seat->was_killed && seat->cause == DEATH_OUTSIDE;
    crew->deaths++;
    if (!s->was_ready && !is_ours && status != -1)
        count_stillborn(crew, "its workers die before they are ready");
    last_words(crew, s);
    /* Not a place for what it leaves behind. */
    seat_enter(&s->seat, SEAT_DYING, clock_mono_ns());
    crew->events->died(crew->self, crew, &s->seat, status);
    g_assert(s->seat.load_n == 0);
    seat_empty(&s->seat, clock_mono_ns());
}
