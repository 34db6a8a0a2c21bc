/* SPDX-License-Identifier: MIT */
/*
 * One connection, made within a time.
 */
#include "base/clock.h"
#include "base/error.h"
#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Waits until the socket is connected; false with errno. */
static bool wait_for(int fd, uint64_t until_ns)
{
    for (;;) {
        uint64_t now = clock_mono_ns();
        struct pollfd on = {.fd = fd, .events = POLLOUT};
        int ms = now < until_ns ? (int)((until_ns - now) / 1000000 + 1) : 0;
        int n = poll(&on, 1, ms);
        if (n < 0 && errno == EINTR)
            continue;
        if (n == 0)
            errno = ETIMEDOUT;
        if (n <= 0)
            return false;
        int error = 0;
        socklen_t size = sizeof error;
        if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
            return false;
        errno = error;
        return error == 0;
    }
}

/* A connected socket, or -1 with errno. */
static int connect_to(const struct sockaddr *address, socklen_t size,
                      uint64_t until_ns)
{
    int fd = socket(address->sa_family,
                    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    bool is_done = connect(fd, address, size) == 0 ||
                   (errno == EINPROGRESS && wait_for(fd, until_ns));
    int flags = fcntl(fd, F_GETFL);
    if (is_done && flags >= 0 && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static int connect_path(const char *path, uint64_t until_ns)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (g_strlcpy(address.sun_path, path, sizeof address.sun_path) >=
        sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return connect_to((const struct sockaddr *)&address, sizeof address,
                      until_ns);
}

/* The first of its addresses that answers.  `*why` is static. */
static int connect_name(const struct host_address *to, uint64_t until_ns,
                        const char **why)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC,
                                   .ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_NUMERICSERV};
    struct addrinfo *list = NULL;
    int rc = getaddrinfo(to->host, to->port, &hints, &list);
    if (rc != 0) {
        *why = gai_strerror(rc);
        return -1;
    }
    int fd = -1;
    for (const struct addrinfo *at = list; at != NULL && fd < 0;
         at = at->ai_next)
        fd = connect_to(at->ai_addr, at->ai_addrlen, until_ns);
    int error = errno;
    freeaddrinfo(list);
    errno = error;
    return fd;
}

bool host_net_connect(const struct host_address *address, unsigned timeout_ms,
                      int *fd, GError **error)
{
    uint64_t until_ns = clock_mono_ns() + (uint64_t)timeout_ms * 1000000;
    const char *why = NULL;
    int made = address->path != NULL ? connect_path(address->path, until_ns)
                                     : connect_name(address, until_ns, &why);
    if (made >= 0) {
        *fd = made;
        return true;
    }
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                "[class %s] net: no connection to \"%s\": %s",
                address->class_name, address->text,
                why != NULL ? why : g_strerror(errno));
    return false;
}
