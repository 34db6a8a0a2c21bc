/* SPDX-License-Identifier: MIT */
#include "pool/crew_zygote.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "host/card.h"
#include "pool/orphans.h"
#include "pool/parent.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    BLOB_MAX = 16 << 20,
    PATHS_MAX = 65536,
    BURY_MS = 100,    /* a worker dies soon after its zygote */
    NAMES_MS = 50,    /* so long it may take to say whom it has forked */
    BACKOFF_MS = 500, /* after the second zygote that died, doubled */
    BACKOFF_MAX_MS = 30000
};

#define MS_NS UINT64_C(1000000)

/* --- its life -------------------------------------------------------------------------- */

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

static bool start(struct crew *crew, GError **error)
{
    return crew->parent != NULL
               ? zygote_start_as(crew->parent, crew->uid, &crew->zygote,
                                 &crew->fd, error)
               : zygote_start(crew->program, &crew->zygote, &crew->fd, error);
}

bool crew_zygote_start(struct crew *crew, GError **error)
{
    crew->open_ns = clock_mono_ns();
    if (!start(crew, error))
        return false;
    crew_watch(crew, crew->fd, &crew->news);
    crew->state = CREW_OPENING;
    return send_open(crew, error);
}

/* So many workers were ordered of which nobody has said yet who they are. */
static unsigned nameless(const struct crew *crew)
{
    unsigned n = 0;
    for (unsigned i = 0; i < crew->seat_n; i++)
        n += crew->seats[i].seat.state != SEAT_EMPTY &&
             crew->seats[i].seat.pid == 0;
    return n;
}

/* Only who is to be buried.  True: it is one of those. */
static bool take_name(struct crew *crew, const struct news *news)
{
    if (news->number >= crew->seat_n)
        return false;
    struct seat *seat = &crew->seats[news->number].seat;
    if (news->kind == NEWS_DIED)
        seat->pid = 0;
    if (news->kind != NEWS_FORKED)
        return false;
    seat->pid = MAX(news->pid, 0);
    return true;
}

/* One of its news, if there is any; true in `*is_name`: it names one of those. */
static enum orders_got hear(struct crew *crew, bool *is_name)
{
    struct news news;
    int fds[ORDERS_FDS_MAX];
    enum orders_got got = orders_take(crew->fd, &news, sizeof news, fds);
    *is_name = got == ORDERS_GOT && take_name(crew, &news);
    for (size_t i = 0; got == ORDERS_GOT && i < ORDERS_FDS_MAX; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    return got;
}

/* What it is forking just now would be an orphan that nobody knows: it has a moment to
 * say who that is.  From then on it can tell of nobody, and so lets nobody begin
 * (gate.h). */
static void hear_names(struct crew *crew)
{
    uint64_t end_ns = clock_mono_ns() + NAMES_MS * MS_NS;
    enum orders_got got = ORDERS_NOTHING;
    bool is_name;
    unsigned left = nameless(crew);
    while (left > 0 && got != ORDERS_END && clock_mono_ns() < end_ns) {
        struct pollfd ready = {.fd = crew->fd, .events = POLLIN};
        poll(&ready, 1, 1);
        got = hear(crew, &is_name);
        left -= is_name;
    }
    shutdown(crew->fd, SHUT_RD);
    while (hear(crew, &is_name) == ORDERS_GOT)
        ;
}

/* It is gone, or of no use any more. */
void crew_zygote_end(struct crew *crew)
{
    if (crew->fd >= 0) {
        hear_names(crew);
        close(crew->fd);
    }
    crew->fd = -1;
    if (crew->zygote <= 0)
        return;
    if (crew->parent == NULL)
        kill(crew->zygote, SIGKILL);
    else
        (void)parent_kill(crew->parent, crew->zygote, NULL); /* or is dead */
    /* A large one takes a while to die. */
    g_array_append_val(crew->dying, crew->zygote);
    crew->zygote = 0;
}

/* Is it gone?  A worker becomes ours when its zygote is dead: we are subreaper; or its
 * parent's, who buries it. */
static bool bury(pid_t pid)
{
    pid_t got = waitpid(pid, NULL, WNOHANG);
    if (got == 0 || (got < 0 && errno == EINTR))
        return false;
    return got == pid || (kill(pid, 0) < 0 && errno == ESRCH);
}

bool crew_bury(GArray *dying)
{
    for (unsigned i = dying->len; i > 0; i--) {
        pid_t pid = g_array_index(dying, pid_t, i - 1);
        if (bury(pid) && orphans_bury(pid))
            g_array_remove_index_fast(dying, i - 1);
    }
    return dying->len == 0;
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

/* The zygote is dead or will be, and with it its workers.  A tray that one of them
 * might still hold is not used again. */
static void end_all(struct crew *crew)
{
    crew_zygote_end(crew);
    for (unsigned i = 0; i < crew->seat_n; i++) {
        struct crew_seat *s = &crew->seats[i];
        struct tray fresh;
        if (s->seat.state == SEAT_EMPTY)
            continue;
        pid_t pid = s->seat.pid;
        crew_seat_died(crew, s, -1);
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

void crew_zygote_lose(struct crew *crew, const char *why)
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

void crew_give_up(struct crew *crew)
{
    end_all(crew);
    crew->state = CREW_GIVEN_UP;
}

void crew_wake(struct crew *crew)
{
    crew->retry_ns = 0;
    crew->losses = 0;
}

void crew_zygote_again(struct crew *crew)
{
    g_autoptr(GError) error = NULL;
    if (!crew_zygote_start(crew, &error))
        crew_zygote_lose(crew, error->message);
}

/* --- its words ------------------------------------------------------------------------- */

static GPtrArray *new_cards(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)card_free);
}

static GPtrArray *new_refusals(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)refusal_free);
}

static void fail(struct crew *crew, const char *why)
{
    if (crew->was_open) {
        crew_zygote_lose(crew, why);
        return;
    }
    crew->state = CREW_FAILED;
    g_free(crew->why);
    crew->why = g_strdup(why);
    crew_zygote_end(crew);
}

void crew_zygote_failed(struct crew *crew, int blob)
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

static bool unpack_paths(struct unpacker *from, GPtrArray *to)
{
    uint32_t n = unpack_count(from, PATHS_MAX, 4);
    for (uint32_t i = 0; i < n && !from->is_bad; i++)
        g_ptr_array_add(to, unpack_string(from, PATH_MAX));
    return unpack_end(from);
}

void crew_zygote_opened(struct crew *crew, const struct news *news, int blob)
{
    g_autoptr(GBytes) bytes = orders_blob_read(blob, BLOB_MAX);
    g_autoptr(GPtrArray) cards = new_cards();
    g_autoptr(GPtrArray) refusals = new_refusals();
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    struct unpacker from;
    gsize n = 0;
    const void *p = bytes != NULL ? g_bytes_get_data(bytes, &n) : NULL;
    unpacker_init(&from, p != NULL ? p : "", n);
    if (!card_unpack_host(&from, cards, refusals) ||
        !unpack_paths(&from, paths)) {
        fail(crew, "a plugin has changed what its zygote says");
        return;
    }
    if (crew->was_open && !same_cards(crew->cards, cards)) {
        /* Plans are made of the first ones. */
        crew_zygote_lose(crew, "its plugins are not those that it had: reload");
        return;
    }
    crew->load_ns = news->took_ns;
    crew->state = CREW_OPEN;
    if (!crew->was_open) {
        crew->was_open = true;
        g_ptr_array_extend_and_steal(crew->cards, g_steal_pointer(&cards));
        g_ptr_array_extend_and_steal(crew->refusals,
                                     g_steal_pointer(&refusals));
        g_ptr_array_extend_and_steal(crew->paths, g_steal_pointer(&paths));
        crew->scanner_n = crew->cards->len;
    }
}
