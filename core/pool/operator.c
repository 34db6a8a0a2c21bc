/* SPDX-License-Identifier: MIT */
#include "pool/operator.h"

#include "base/error.h"
#include "base/socket_file.h"
#include "pool/operator_client.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define SECOND_NS UINT64_C(1000000000)

enum {
    ACCEPTS_MAX = 16, /* before clients are served */
    COMMANDS_MAX = 8  /* of one client before others are served */
};

enum {
    BACKLOG = 16
};

/* The descriptor that is polled stands for all others. */
struct operator_socket {
    int epoll_fd;
    struct socket_file at;
    const struct operator_command *commands;
    void *data;
    GPtrArray *clients; /* struct operator_client */
    uint64_t last_request;
    uint64_t deaf_until_ns; /* no descriptor was left; 0: listens */
    bool has_more;          /* to be served, whatever the descriptor says */
};

static bool fail(GError **error, const char *path, const char *what)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "control socket %s: %s: %s",
                path, what, g_strerror(errno));
    return false;
}

static bool watch(const struct operator_socket *control, int fd, void *what,
                  uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = what};
    return epoll_ctl(control->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0 ||
           epoll_ctl(control->epoll_fd, EPOLL_CTL_MOD, fd, &event) == 0;
}

bool operator_open(const char *path, const struct operator_command *commands,
                   void *data, struct operator_socket **out, GError **error)
{
    struct operator_socket *control = g_new0(struct operator_socket, 1);
    control->commands = commands;
    control->data = data;
    control->clients = g_ptr_array_new();
    control->at.fd = -1;
    const struct socket_file_how how = {
        .path = path, .mode = 0600, .gid = (gid_t)-1, .backlog = BACKLOG};
    control->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    bool is_open =
        control->epoll_fd >= 0 || fail(error, path, "cannot be polled");
    if (is_open && !socket_file_listen(&how, &control->at, error)) {
        g_prefix_error(error, "control socket ");
        is_open = false;
    }
    if (is_open && !watch(control, control->at.fd, NULL, EPOLLIN))
        is_open = fail(error, path, "cannot be polled");
    if (is_open)
        *out = control;
    else
        operator_close(control);
    return is_open;
}

static void drop(struct operator_socket *control,
                 struct operator_client *client)
{
    g_ptr_array_remove_fast(control->clients, client);
    operator_client_free(client);
}

void operator_close(struct operator_socket *control)
{
    if (control == NULL)
        return;
    while (control->clients->len > 0)
        drop(control, g_ptr_array_index(control->clients, 0));
    g_ptr_array_unref(control->clients);
    socket_file_leave(&control->at);
    if (control->epoll_fd >= 0)
        close(control->epoll_fd);
    g_free(control);
}

int operator_fd(const struct operator_socket *control)
{
    return control->epoll_fd;
}

uint64_t operator_next_ns(const struct operator_socket *control)
{
    uint64_t next = UINT64_MAX;
    if (control->has_more)
        return 0;
    if (control->deaf_until_ns != 0)
        next = control->deaf_until_ns;
    for (unsigned i = 0; i < control->clients->len; i++) {
        const struct operator_client *c =
            g_ptr_array_index(control->clients, i);
        if (c->request == 0)
            next = MIN(next, c->active_ns + OPERATOR_IDLE_S * SECOND_NS);
    }
    return next;
}

/* NULL, or why this peer is not heard. */
static const char *why_not(const struct operator_socket *control, int fd)
{
    struct ucred peer = {.uid = (uid_t)-1};
    socklen_t n = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) != 0 ||
        (peer.uid != 0 && peer.uid != geteuid()))
        return "only root and the user who runs this may ask";
    if (control->clients->len >= OPERATOR_CLIENTS_MAX)
        return "too many ask at once";
    return NULL;
}

static void take_client(struct operator_socket *control, int fd,
                        uint64_t now_ns)
{
    const char *why = why_not(control, fd);
    struct operator_client *client = operator_client_new(fd, now_ns);
    if (why == NULL && watch(control, fd, client, EPOLLIN)) {
        g_ptr_array_add(control->clients, client);
        return;
    }
    operator_client_refuse(client, why != NULL ? why : "no memory");
    operator_client_write(client, now_ns);
    operator_client_free(client);
}

static void take_clients(struct operator_socket *control, uint64_t now_ns)
{
    for (int i = 0; i < ACCEPTS_MAX; i++) {
        int fd =
            accept4(control->at.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd >= 0) {
            take_client(control, fd, now_ns);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
                   errno == ENOMEM) {
            /* It stays readable: not to be asked again at once. */
            control->deaf_until_ns = now_ns + SECOND_NS;
            watch(control, control->at.fd, NULL, 0);
            return;
        } else if (errno != EINTR && errno != ECONNABORTED) {
            return;
        }
    }
}

static void run_command(struct operator_socket *control,
                        struct operator_client *client, const char *line)
{
    g_autoptr(GString) why =
        g_string_new("there is no such command; there are");
    for (const struct operator_command *c = control->commands; c->name != NULL;
         c++) {
        if (strcmp(c->name, line) == 0) {
            client->request = ++control->last_request;
            c->run(control->data, client->request);
            return;
        }
        g_string_append_printf(why, " %s", c->name);
    }
    operator_client_refuse(client, why->str);
}

/* Answers what a client has asked, as far as that goes without waiting.  False: it has
 * gone. */
static bool serve_client(struct operator_socket *control,
                         struct operator_client *client, uint64_t now_ns)
{
    for (int i = 0; i < COMMANDS_MAX; i++) {
        if (client->answer->len > 0 && !operator_client_write(client, now_ns))
            return false;
        if (client->answer->len > 0 || client->request != 0)
            return true;
        size_t before = client->line_n;
        g_autofree char *line = operator_client_command(client);
        if (line != NULL)
            run_command(control, client, line);
        else if (!client->is_last && !operator_client_read(client, now_ns))
            return false;
        else if (!client->is_last && client->line_n == before)
            return true;
    }
    control->has_more = true;
    return true;
}

static bool is_idle(const struct operator_client *client, uint64_t now_ns)
{
    return client->request == 0 && now_ns > client->active_ns &&
           now_ns - client->active_ns >= OPERATOR_IDLE_S * SECOND_NS;
}

/* What is waited for: room for an answer, an end while there is none yet (which is
 * told without asking for it), the next command. */
static void watch_client(const struct operator_socket *control,
                         struct operator_client *client)
{
    uint32_t events = client->answer->len > 0 ? EPOLLOUT
                      : client->request != 0  ? 0
                                              : EPOLLIN;
    watch(control, client->fd, client, events);
}

static bool has_hung_up(const struct operator_client *client)
{
    struct pollfd one = {.fd = client->fd};
    return poll(&one, 1, 0) > 0 && (one.revents & (POLLHUP | POLLERR)) != 0;
}

void operator_serve(struct operator_socket *control, uint64_t now_ns)
{
    control->has_more = false;
    if (control->deaf_until_ns != 0 && now_ns >= control->deaf_until_ns) {
        control->deaf_until_ns = 0;
        watch(control, control->at.fd, NULL, EPOLLIN);
    }
    if (control->deaf_until_ns == 0)
        take_clients(control, now_ns);
    for (unsigned i = control->clients->len; i > 0; i--) {
        struct operator_client *client =
            g_ptr_array_index(control->clients, i - 1);
        bool is_there = client->request != 0
                            ? !has_hung_up(client)
                            : serve_client(control, client, now_ns) &&
                                  !is_idle(client, now_ns);
        if (is_there)
            watch_client(control, client);
        else
            drop(control, client);
    }
}

void operator_answer(struct operator_socket *control, uint64_t request,
                     const char *json)
{
    for (unsigned i = 0; i < control->clients->len; i++) {
        struct operator_client *client = g_ptr_array_index(control->clients, i);
        if (client->request != request)
            continue;
        operator_client_say(client, json);
        control->has_more = true; /* to be sent, and to hear what follows */
        return;
    }
}
