/* SPDX-License-Identifier: MIT */
#include "pool/crew.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "host/card.h"
#include "pool/crew_zygote.h"
#include "pool/prints.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    BLOB_MAX = 16 << 20,
    STILLBORN_MAX = 3,
    FORK_BACKOFF_MS = 1000, /* after so many, doubled */
    FORK_BACKOFF_MAX_MS = 30000,
    BURY_MS = 100,
    BACKOFF_MS = 500, /* after the second zygote that died, doubled */
    BACKOFF_MAX_MS = 30000
};

#define MS_NS UINT64_C(1000000)

void crew_watch(const struct crew *crew, int fd, struct crew_source *source)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = source};
    epoll_ctl(crew->epoll, EPOLL_CTL_ADD, fd, &event);
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static struct crew_seat *seat_of(struct crew *crew, const struct seat *seat)
{
    return &crew->seats[seat->number];
}

struct crew *crew_new(const struct crew_how *how, GError **error)
{
    struct crew *crew = g_new0(struct crew, 1);
    crew->class_name = g_strdup(how->task->class_name);
    crew->class_id = g_intern_string(crew->class_name);
    crew->is_home = how->is_home;
    crew->fd = -1;
    crew->epoll = how->epoll;
    crew->dying = how->dying;
    crew->program = how->program;
    crew->shape = how->shape;
    crew->events = how->events;
    crew->self = how->self;
    crew->news = (struct crew_source){SOURCE_NEWS, crew, NULL};
    crew->task = g_byte_array_new();
    crew->buffer = g_byte_array_new();
    crew->cards = g_ptr_array_new_with_free_func((GDestroyNotify)card_free);
    crew->refusals =
        g_ptr_array_new_with_free_func((GDestroyNotify)refusal_free);
    crew->paths = g_ptr_array_new_with_free_func(g_free);
    struct packer to;
    packer_grow(&to, crew->task, BLOB_MAX);
    zygote_task_pack(how->task, &to);
    crew->seats = g_new0(struct crew_seat, how->seat_n);
    bool is_good = !to.is_full;
    if (!is_good)
        g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
                    "the configuration is larger than 16 MiB");
    for (unsigned i = 0; is_good && i < how->seat_n; i++) {
        struct crew_seat *s = &crew->seats[i];
        is_good = seat_open(&s->seat, i, &crew->shape, error);
        if (!is_good)
            break;
        crew->seat_n = i + 1;
        s->chime = (struct crew_source){SOURCE_CHIME, crew, &s->seat};
        s->log = (struct crew_source){SOURCE_LOG, crew, &s->seat};
        crew_watch(crew, s->seat.chime, &s->chime);
    }
    if (is_good && crew_zygote_start(crew, error))
        return crew;
    crew_free(crew);
    return NULL;
}

void crew_free(struct crew *crew)
{
    if (crew == NULL)
        return;
    crew_zygote_end(crew);
    for (unsigned i = 0; i < crew->seat_n; i++) {
        struct crew_seat *s = &crew->seats[i];
        if (s->seat.pid > 0)
            g_array_append_val(crew->dying, s->seat.pid);
        seat_close(&s->seat);
        prints_free(s->prints);
    }
    g_free(crew->seats);
    g_ptr_array_unref(crew->cards);
    g_ptr_array_unref(crew->refusals);
    g_ptr_array_unref(crew->paths);
    g_byte_array_unref(crew->task);
    g_byte_array_unref(crew->buffer);
    class_options_clear(&crew->options);
    g_free(crew->class_name);
    g_free(crew->why);
    g_free(crew);
}

/* --- seats ------------------------------------------------------------------------ */

static void last_words(struct crew *crew, struct crew_seat *s)
{
    if (s->seat.log >= 0)
        prints_read(s->prints, s->seat.log, crew->class_name, s->seat.number,
                    clock_mono_ns());
    g_clear_pointer(&s->prints, prints_free);
}

/* A worker that could not even start: the next ones would fare alike, so there is
 * more and more time between them. */
static void count_stillborn(struct crew *crew, const char *why)
{
    uint64_t wait_ms = 0;
    if (++crew->stillborn < STILLBORN_MAX)
        return;
    unsigned doubled = MIN(crew->stillborn - STILLBORN_MAX, 5);
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

static void fork_worker(struct crew *crew, struct crew_seat *s, uint64_t now_ns)
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

void crew_kill_all(struct crew *crew)
{
    for (unsigned i = 0; i < crew->seat_n; i++)
        crew_kill(crew, &crew->seats[i].seat, DEATH_OUTSIDE);
}

void crew_retire(struct crew *crew)
{
    for (unsigned i = 0; i < crew->seat_n; i++) {
        struct seat *seat = &crew->seats[i].seat;
        if (seat->state == SEAT_READY)
            seat_enter(seat, SEAT_RETIRING, clock_mono_ns());
        else if (seat->state == SEAT_FORKING || seat->state == SEAT_STARTING)
            crew_kill(crew, seat, DEATH_OUTSIDE);
    }
}

bool crew_is_barren(const struct crew *crew)
{
    if (crew_ready(crew) > 0)
        return false;
    return crew->state == CREW_GIVEN_UP || crew->stillborn >= STILLBORN_MAX ||
           (crew->state != CREW_OPEN && crew->losses >= STILLBORN_MAX);
}

bool crew_is_empty(const struct crew *crew)
{
    for (unsigned i = 0; i < crew->seat_n; i++)
        if (crew->seats[i].seat.state != SEAT_EMPTY)
            return false;
    return true;
}

unsigned crew_ready(const struct crew *crew)
{
    unsigned n = 0;
    for (unsigned i = 0; i < crew->seat_n; i++)
        n += crew->seats[i].seat.state == SEAT_READY;
    return n;
}

/* --- news ------------------------------------------------------------------------- */

static void take_forked(struct crew *crew, const struct news *news)
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

static void take_news(struct crew *crew, const struct news *news,
                      const int *fds)
{
    if (news->kind == NEWS_OPENED && crew->state == CREW_OPENING)
        crew_zygote_opened(crew, news, fds[0]);
    else if (news->kind == NEWS_FAILED && crew->state == CREW_OPENING)
        crew_zygote_failed(crew, fds[0]);
    else if (news->number >= crew->seat_n)
        return;
    else if (news->kind == NEWS_FORKED)
        take_forked(crew, news);
    else if (news->kind == NEWS_DIED &&
             crew->seats[news->number].seat.state != SEAT_EMPTY)
        crew_seat_died(crew, &crew->seats[news->number], news->status);
}

void crew_news(struct crew *crew)
{
    struct news news;
    int fds[ORDERS_FDS_MAX];
    while (crew->fd >= 0) {
        enum orders_got got = orders_take(crew->fd, &news, sizeof news, fds);
        if (got == ORDERS_NOTHING)
            return;
        if (got == ORDERS_END) {
            crew_zygote_lose(crew, "its process has ended");
            return;
        }
        take_news(crew, &news, fds);
        for (size_t i = 0; i < ORDERS_FDS_MAX; i++)
            if (fds[i] >= 0)
                close(fds[i]);
    }
}

void crew_log(struct crew *crew, struct seat *seat)
{
    struct crew_seat *s = seat_of(crew, seat);
    if (seat->log >= 0 && s->prints != NULL &&
        !prints_read(s->prints, seat->log, crew->class_name, seat->number,
                     clock_mono_ns()))
        close_fd(&seat->log);
}

/* One after another where none comes up. */
static unsigned most_alive(const struct crew *crew, uint64_t now_ns)
{
    if (crew->stillborn < STILLBORN_MAX)
        return crew->wanted;
    return now_ns >= crew->fork_ns ? MAX(crew_ready(crew) + 1, 1) : 0;
}

/* It has taken all the time that there is: a second one would not be faster. */
static void give_up_start(struct crew *crew, struct seat *seat)
{
    crew->stillborn = MAX(crew->stillborn, STILLBORN_MAX - 1);
    crew_kill(crew, seat, DEATH_TIMEOUT);
}

void crew_tend(struct crew *crew, uint64_t now_ns)
{
    if (crew->state == CREW_LOST && now_ns >= crew->retry_ns)
        crew_zygote_again(crew);
    if (crew->state == CREW_OPENING && crew->was_open &&
        now_ns > crew->open_ns && now_ns - crew->open_ns > crew->load_max_ns)
        crew_zygote_lose(crew, "it took longer than [pool] load_time");
    if (crew->state != CREW_OPEN)
        return;
    unsigned alive = 0;
    for (unsigned i = 0; i < crew->seat_n; i++)
        alive += crew->seats[i].seat.state != SEAT_EMPTY;
    for (unsigned i = 0; i < crew->seat_n; i++) {
        struct crew_seat *s = &crew->seats[i];
        if (s->seat.state == SEAT_EMPTY && alive < most_alive(crew, now_ns)) {
            fork_worker(crew, s, now_ns);
            alive++;
        } else if (s->seat.state == SEAT_STARTING) {
            crew_greet(crew, &s->seat, now_ns);
            if (s->seat.state == SEAT_STARTING &&
                now_ns - s->seat.state_ns > crew->start_ns)
                give_up_start(crew, &s->seat);
        }
    }
}
