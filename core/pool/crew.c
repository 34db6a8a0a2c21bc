/* SPDX-License-Identifier: MIT */
#include "pool/crew.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "host/card.h"
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
    START_MS = 60000, /* so long a worker may take to start its plugins */
    BURY_MS = 100,
    BACKOFF_MS = 500, /* after the second zygote that died, doubled */
    BACKOFF_MAX_MS = 30000
};

#define MS_NS UINT64_C(1000000)

static void watch(const struct crew *crew, int fd, struct crew_source *source)
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

/* --- the zygote ------------------------------------------------------------------ */

static bool send_open(struct crew *crew, GError **error)
{
    const struct order order = {.kind = ORDER_OPEN};
    int blob = orders_blob(crew->task->data, crew->task->len);
    bool is_sent =
        blob >= 0 && orders_send(crew->fd, &order, sizeof order, &blob, 1);
    if (!is_sent)
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                    "cannot tell a zygote what to open: %s", g_strerror(errno));
    if (blob >= 0)
        close(blob);
    return is_sent;
}

static bool start_zygote(struct crew *crew, GError **error)
{
    crew->open_ns = clock_mono_ns();
    if (!zygote_start(crew->program, &crew->zygote, &crew->fd, error))
        return false;
    watch(crew, crew->fd, &crew->news);
    crew->state = CREW_OPENING;
    return send_open(crew, error);
}

/* It is gone, or of no use any more. */
static void end_zygote(struct crew *crew)
{
    close_fd(&crew->fd);
    if (crew->zygote <= 0)
        return;
    kill(crew->zygote, SIGKILL);
    /* A large one takes a while to die. */
    g_array_append_val(crew->dying, crew->zygote);
    crew->zygote = 0;
}

static GPtrArray *new_cards(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)card_free);
}

static GPtrArray *new_refusals(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)refusal_free);
}

/* Is it gone?  A worker becomes ours when its zygote is dead: we are subreaper. */
static bool bury(pid_t pid)
{
    pid_t got = waitpid(pid, NULL, WNOHANG);
    if (got == 0 || (got < 0 && errno == EINTR))
        return false;
    return got == pid || (kill(pid, 0) < 0 && errno == ESRCH);
}

bool crew_bury(GArray *dying)
{
    for (unsigned i = dying->len; i > 0; i--)
        if (bury(g_array_index(dying, pid_t, i - 1)))
            g_array_remove_index_fast(dying, i - 1);
    return dying->len == 0;
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
    crew->cards = new_cards();
    crew->refusals = new_refusals();
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
        watch(crew, s->seat.chime, &s->chime);
    }
    if (is_good && start_zygote(crew, error))
        return crew;
    crew_free(crew);
    return NULL;
}

/* A worker dies with its zygote, and is ours to bury where we are its subreaper.
 * False: it may still be there. */
static bool bury_soon(pid_t pid)
{
    for (unsigned ms = 0; pid > 0 && ms < BURY_MS; ms++) {
        if (bury(pid))
            return true;
        g_usleep(1000);
    }
    return pid <= 0;
}

void crew_free(struct crew *crew)
{
    if (crew == NULL)
        return;
    end_zygote(crew);
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

static void seat_died(struct crew *crew, struct crew_seat *s, int status)
{
    crew->deaths++;
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
    watch(crew, log[0], &s->log);
    crew->forks++;
    s->seat.forked_ns = now_ns;
    seat_enter(&s->seat, SEAT_FORKING, now_ns);
}

/* The zygote is dead or will be, and with it its workers.  A tray that one of them
 * might still hold is not used again. */
static void end_all(struct crew *crew)
{
    end_zygote(crew);
    for (unsigned i = 0; i < crew->seat_n; i++) {
        struct crew_seat *s = &crew->seats[i];
        struct tray fresh;
        if (s->seat.state == SEAT_EMPTY)
            continue;
        pid_t pid = s->seat.pid;
        seat_died(crew, s, -1);
        if (bury_soon(pid))
            continue;
        g_array_append_val(crew->dying, pid);
        if (!tray_open(&crew->shape, &fresh, NULL))
            continue;
        tray_close(&s->seat.tray);
        s->seat.tray = fresh;
        crew->has_new_trays = true;
    }
}

static void lose_zygote(struct crew *crew, const char *why)
{
    uint64_t now_ns = clock_mono_ns();
    crew->losses = crew->state == CREW_OPEN ? 1 : crew->losses + 1;
    unsigned doubled = MIN(crew->losses - 1, 6);
    uint64_t wait_ms = 0;
    if (crew->losses > 1)
        wait_ms = MIN((uint64_t)BACKOFF_MS << doubled, BACKOFF_MAX_MS);
    crew->retry_ns = now_ns + wait_ms * MS_NS;
    crew->state = CREW_LOST;
    g_free(crew->why);
    crew->why = g_strdup(why);
    struct log_event event;
    log_begin(&event, LOG_LEVEL_ERROR, "zygote.lost");
    log_text(&event, "class", crew->class_name);
    log_text(&event, "why", why);
    log_number(&event, "again_in_ms", (int64_t)wait_ms);
    log_end(&event);
    end_all(crew);
}

void crew_rest(struct crew *crew)
{
    crew->state = CREW_LOST;
    crew->retry_ns = UINT64_MAX;
    end_all(crew);
}

void crew_wake(struct crew *crew)
{
    crew->retry_ns = 0;
    crew->losses = 0;
}

static void start_again(struct crew *crew)
{
    g_autoptr(GError) error = NULL;
    if (!start_zygote(crew, &error))
        lose_zygote(crew, error->message);
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

static void fail(struct crew *crew, const char *why)
{
    crew->state = CREW_FAILED;
    g_free(crew->why);
    crew->why = g_strdup(why);
    end_zygote(crew);
    crew->events->opened(crew->self, crew);
}

static void take_failed(struct crew *crew, int blob)
{
    g_autoptr(GBytes) text = orders_blob_read(blob, BLOB_MAX);
    gsize n = 0;
    const char *p = text != NULL ? g_bytes_get_data(text, &n) : NULL;
    g_autofree char *why =
        n > 0 ? g_strndup(p, n) : g_strdup("it gives no reason");
    fail(crew, why);
}

/* Do two zygotes of this crew tell of the same plugins, in the same order? */
static bool same_cards(const GPtrArray *a, const GPtrArray *b)
{
    bool are_same = a->len == b->len;
    for (unsigned i = 0; are_same && i < a->len; i++) {
        const struct card *one = a->pdata[i];
        const struct card *other = b->pdata[i];
        are_same = one->name == other->name && one->flags == other->flags &&
                   one->stages == other->stages;
    }
    return are_same;
}

static void take_opened(struct crew *crew, const struct news *news, int blob)
{
    g_autoptr(GBytes) bytes = orders_blob_read(blob, BLOB_MAX);
    g_autoptr(GPtrArray) cards = new_cards();
    g_autoptr(GPtrArray) refusals = new_refusals();
    struct unpacker from;
    gsize n = 0;
    const void *p = bytes != NULL ? g_bytes_get_data(bytes, &n) : NULL;
    unpacker_init(&from, p != NULL ? p : "", n);
    if (!card_unpack_host(&from, cards, refusals)) {
        fail(crew, "a plugin has changed what its zygote says");
        return;
    }
    crew->load_ns = news->took_ns;
    crew->state = CREW_OPEN;
    if (!crew->was_open) {
        crew->was_open = true;
        g_ptr_array_extend_and_steal(crew->cards, g_steal_pointer(&cards));
        g_ptr_array_extend_and_steal(crew->refusals,
                                     g_steal_pointer(&refusals));
        crew->scanner_n = crew->cards->len;
        crew->events->opened(crew->self, crew);
    } else if (!same_cards(crew->cards, cards)) {
        /* Plans are made of the first ones. */
        lose_zygote(crew, "its plugins are not those that it had: reload");
    }
}

static void take_forked(struct crew *crew, const struct news *news)
{
    struct crew_seat *s = &crew->seats[news->number];
    if (news->pid <= 0) {
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
        take_opened(crew, news, fds[0]);
    else if (news->kind == NEWS_FAILED && crew->state == CREW_OPENING)
        take_failed(crew, fds[0]);
    else if (news->number >= crew->seat_n)
        return;
    else if (news->kind == NEWS_FORKED)
        take_forked(crew, news);
    else if (news->kind == NEWS_DIED &&
             crew->seats[news->number].seat.state != SEAT_EMPTY)
        seat_died(crew, &crew->seats[news->number], news->status);
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
            lose_zygote(crew, "its process has ended");
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

void crew_tend(struct crew *crew, uint64_t now_ns)
{
    if (crew->state == CREW_LOST && now_ns >= crew->retry_ns)
        start_again(crew);
    if (crew->state != CREW_OPEN)
        return;
    unsigned alive = 0;
    for (unsigned i = 0; i < crew->seat_n; i++)
        alive += crew->seats[i].seat.state != SEAT_EMPTY;
    for (unsigned i = 0; i < crew->seat_n; i++) {
        struct crew_seat *s = &crew->seats[i];
        if (s->seat.state == SEAT_EMPTY && alive < crew->wanted) {
            fork_worker(crew, s, now_ns);
            alive++;
        } else if (s->seat.state == SEAT_STARTING) {
            crew_greet(crew, &s->seat, now_ns);
            if (s->seat.state == SEAT_STARTING &&
                now_ns - s->seat.state_ns > START_MS * MS_NS)
                crew_kill(crew, &s->seat, DEATH_TIMEOUT);
        }
    }
}
