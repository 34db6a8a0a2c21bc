/* SPDX-License-Identifier: MIT */
#include "front/front.h"

#include "base/clock.h"
#include "base/error.h"
#include "front/connection.h"
#include "front/doors.h"
#include "front/front_inside.h"
#include "front/mail.h"
#include "store/quarantine.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    EVENTS = 64 /* of one turn */
};

bool front_watch(struct front *front, int operation, struct source *source,
                 uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = source};
    return epoll_ctl(front->epoll, operation, source->fd, &event) == 0;
}

/* --- life ---------------------------------------------------------------------------- */

static void aside_ready(struct source *source, uint32_t events, uint64_t now_ns)
{
    struct front *front =
        (struct front *)((char *)source - offsetof(struct front, aside_source));
    (void)events;
    (void)now_ns;
    aside_take(front->aside);
}

static bool open_aside(struct front *front, GError **error)
{
    if (!aside_open(&front->aside, error))
        return false;
    front->aside_source =
        (struct source){.fd = aside_fd(front->aside), .ready = aside_ready};
    return front_watch(front, EPOLL_CTL_ADD, &front->aside_source, EPOLLIN);
}

static bool open_quarantine(struct front *front, const struct conf *conf,
                            struct quarantine **out, GError **error)
{
    struct quarantine_options options;
    if (!quarantine_options_read(conf, &options, error))
        return false;
    bool is_open = quarantine_open(&options, out, error);
    quarantine_options_clear(&options);
    if (is_open && quarantine_trouble(*out) != NULL)
        alarm_raise(front->alarms, "quarantine.index",
                    quarantine_trouble(*out));
    else if (is_open)
        alarm_clear(front->alarms, "quarantine.index");
    return is_open;
}

static void close_old(void *self)
{
    quarantine_close(self);
}

static void forget_old(void *self)
{
    (void)self;
}

/* What the thread has to do still is done with the old one, which is closed then. */
static void replace_quarantine(struct front *front, struct quarantine *to)
{
    const struct aside_work work = {close_old, forget_old, front->quarantine};
    aside_do(front->aside, &work);
    front->quarantine = to;
}

static bool open_all(struct front *front, const struct front_how *how,
                     GError **error)
{
    if (front->epoll < 0) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "no epoll: %s",
                    g_strerror(errno));
        return false;
    }
    if (!front_rules_read(how->conf, &front->rules, error) ||
        !front_options_read(how->conf, &front->options, error) ||
        !open_quarantine(front, how->conf, &front->quarantine, error) ||
        !open_aside(front, error))
        return false;
    for (size_t i = 0; i < how->fd_n; i++)
        if (!doors_add(front, how->fds[i], error))
            return false;
    return true;
}

bool front_open(const struct front_how *how, struct front **out, GError **error)
{
    struct front *front = g_new0(struct front, 1);
    front->pool = how->pool;
    front->alarms = how->alarms;
    front->listeners = g_ptr_array_new_with_free_func(g_free);
    front->connections = g_hash_table_new(NULL, NULL);
    front->closed = g_ptr_array_new();
    front->ended = g_ptr_array_new();
    front->buffer = g_malloc(FRONT_BUFFER);
    due_init(&front->dues);
    front->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (open_all(front, how, error)) {
        *out = front;
        return true;
    }
    /* The descriptors stay the caller's. */
    g_ptr_array_set_size(front->listeners, 0);
    front_free(front);
    return false;
}

static void bury(struct front *front)
{
    for (unsigned i = 0; i < front->closed->len; i++)
        connection_free(front->closed->pdata[i]);
    g_ptr_array_set_size(front->closed, 0);
    for (unsigned i = 0; i < front->ended->len; i++)
        mail_free(front->ended->pdata[i]);
    g_ptr_array_set_size(front->ended, 0);
}

/* All connections there are: they may close while one goes through them. */
static GPtrArray *all_connections(struct front *front)
{
    GPtrArray *all = g_ptr_array_new();
    GHashTableIter iter;
    void *connection;
    g_hash_table_iter_init(&iter, front->connections);
    while (g_hash_table_iter_next(&iter, &connection, NULL))
        g_ptr_array_add(all, connection);
    return all;
}

static void close_all(struct front *front)
{
    g_autoptr(GPtrArray) all = all_connections(front);
    for (unsigned i = 0; i < all->len; i++)
        connection_close(all->pdata[i]);
}

void front_free(struct front *front)
{
    if (front == NULL)
        return;
    close_all(front);
    aside_free(front->aside);
    quarantine_close(front->quarantine);
    bury(front);
    doors_close(front);
    g_ptr_array_unref(front->listeners);
    g_hash_table_unref(front->connections);
    g_ptr_array_unref(front->closed);
    g_ptr_array_unref(front->ended);
    due_clear(&front->dues);
    front_rules_free(front->rules);
    front_options_clear(&front->options);
    g_free(front->buffer);
    if (front->epoll >= 0)
        close(front->epoll);
    g_free(front);
}

bool front_reload(struct front *front, const struct conf *conf, GError **error)
{
    struct rules *rules = NULL;
    struct front_options options = {0};
    struct quarantine *quarantine = NULL;
    if (!front_rules_read(conf, &rules, error) ||
        !front_options_read(conf, &options, error) ||
        !open_quarantine(front, conf, &quarantine, error)) {
        front_options_clear(&options);
        front_rules_free(rules);
        return false;
    }
    front_rules_free(front->rules);
    front->rules = rules;
    front_options_clear(&front->options);
    front->options = options;
    replace_quarantine(front, quarantine);
    return true;
}

/* --- the loop ------------------------------------------------------------------------ */

int front_fd(const struct front *front)
{
    return front->epoll;
}

uint64_t front_next_ns(const struct front *front)
{
    const struct due *first = due_first(&front->dues);
    uint64_t next_ns =
        MIN(first != NULL ? first->at_ns : UINT64_MAX, front->expiry.at_ns);
    return front->deaf_until_ns != 0 ? MIN(next_ns, front->deaf_until_ns)
                                     : next_ns;
}

void front_serve(struct front *front, uint64_t now_ns)
{
    struct epoll_event events[EVENTS];
    struct connection *expired = NULL;
    int n = epoll_wait(front->epoll, events, EVENTS, 0);
    for (int i = 0; i < n; i++) {
        struct source *source = events[i].data.ptr;
        if (source->fd >= 0)
            source->ready(source, events[i].events, now_ns);
    }
    while ((expired = due_take(&front->dues, now_ns)) != NULL)
        connection_expire(expired, now_ns);
    if (front->deaf_until_ns != 0 && now_ns >= front->deaf_until_ns)
        doors_open_again(front);
    if (front_connections(front) < front->options.connections_max &&
        front->deaf_until_ns == 0)
        alarm_clear(front->alarms, "connections");
    expiry_tend(front, now_ns);
    bury(front);
}

void front_drain(struct front *front)
{
    g_autoptr(GPtrArray) all = all_connections(front);
    front->is_draining = true;
    doors_close(front);
    for (unsigned i = 0; i < all->len; i++)
        connection_drain(all->pdata[i]);
}

void front_give_up(struct front *front)
{
    g_autoptr(GPtrArray) all = all_connections(front);
    front->is_draining = true;
    doors_close(front);
    for (unsigned i = 0; i < all->len; i++)
        connection_give_up(all->pdata[i]);
}

/* --- what is told -------------------------------------------------------------------- */

size_t front_open_mails(const struct front *front)
{
    return front->open_mails;
}

size_t front_connections(const struct front *front)
{
    return g_hash_table_size(front->connections);
}

void front_status(const struct front *front, GString *json)
{
    g_string_append_printf(json,
                           "{\"connections\":%zu,\"open_mails\":%zu,"
                           "\"is_draining\":%s,",
                           front_connections(front), front_open_mails(front),
                           front->is_draining ? "true" : "false");
    totals_show(&front->totals, json);
    g_string_append_c(json, '}');
}
