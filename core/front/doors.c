/* SPDX-License-Identifier: MIT */
#include "front/doors.h"

#include "base/error.h"
#include "front/connection.h"
#include "front/front_inside.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    ACCEPTS = 64 /* at one listener in one turn */
};

/* Without descriptors nobody is listened to for so long. */
#define DEAF_NS UINT64_C(1000000000)

static void listen_all(struct front *front, uint32_t events)
{
    for (unsigned i = 0; i < front->listeners->len; i++)
        front_watch(front, EPOLL_CTL_MOD, front->listeners->pdata[i], events);
}

/* Who comes now is refused by the kernel, at once, and asks again later. */
void doors_close(struct front *front)
{
    for (unsigned i = 0; i < front->listeners->len; i++) {
        struct source *source = front->listeners->pdata[i];
        if (source->fd >= 0)
            close(source->fd);
        source->fd = -1;
    }
}

/* Connections that nobody takes would wake us again and again. */
static void be_deaf(struct front *front, uint64_t now_ns)
{
    alarm_raise(front->alarms, "connections",
                "no descriptor is left for another connection: raise "
                "LimitNOFILE");
    front->deaf_until_ns = now_ns + DEAF_NS;
    listen_all(front, 0);
}

void doors_open_again(struct front *front)
{
    front->deaf_until_ns = 0;
    if (!front->is_draining)
        listen_all(front, EPOLLIN);
}

/* Has it room?  One too many is told so by being closed: its mail is deferred. */
static bool welcome(struct front *front, int fd, uint64_t now_ns)
{
    if (front_connections(front) >= front->options.connections_max) {
        close(fd);
        front->totals.refused++;
        alarm_raise(front->alarms, "connections",
                    "[milter] connections_max are open: another one was "
                    "turned away");
        return false;
    }
    front->totals.connections++;
    return connection_open(front, fd, now_ns) != NULL;
}

static void on_listener(struct front *front, const struct source *source,
                        uint64_t now_ns)
{
    for (unsigned i = 0; i < ACCEPTS; i++) {
        int fd = accept4(source->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd >= 0)
            welcome(front, fd, now_ns);
        else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM ||
                 errno == ENOBUFS)
            be_deaf(front, now_ns);
        if (fd < 0 && errno != ECONNABORTED && errno != EINTR)
            return;
    }
}

/* A listener knows its front by standing in it. */
struct listener {
    struct source source;
    struct front *front;
};

static void listener_ready(struct source *source, uint32_t events,
                           uint64_t now_ns)
{
    (void)events;
    on_listener(((struct listener *)source)->front, source, now_ns);
}

bool doors_add(struct front *front, int fd, GError **error)
{
    struct listener *listener = g_new0(struct listener, 1);
    listener->source = (struct source){.fd = fd, .ready = listener_ready};
    listener->front = front;
    g_ptr_array_add(front->listeners, listener);
    if (front_watch(front, EPOLL_CTL_ADD, &listener->source, EPOLLIN))
        return true;
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                "descriptor %d does not listen: %s", fd, g_strerror(errno));
    return false;
}
