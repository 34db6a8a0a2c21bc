/* SPDX-License-Identifier: MIT */
#include "daemon/activation.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    FIRST_FD = 3,
    FDS_MAX = 64
};

static guint64 number_of(const char *name)
{
    guint64 value = 0;
    const char *text = g_getenv(name);
    if (text != NULL)
        (void)g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT, &value, NULL);
    return value;
}

static bool has(int fd, int option, int wanted)
{
    int value = 0;
    socklen_t n = sizeof value;
    return getsockopt(fd, SOL_SOCKET, option, &value, &n) == 0 &&
           value == wanted;
}

static bool take_one(int fd, GError **error)
{
    if (!has(fd, SO_TYPE, SOCK_STREAM) || !has(fd, SO_ACCEPTCONN, 1)) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                    "descriptor %d of LISTEN_FDS is no stream socket that "
                    "listens: the socket unit needs ListenStream=",
                    fd);
        return false;
    }
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
        fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                    "descriptor %d of LISTEN_FDS: %s", fd, g_strerror(errno));
        return false;
    }
    return true;
}

bool activation_take(GArray **fds, GError **error)
{
    guint64 n = number_of("LISTEN_PID") == (guint64)getpid()
                    ? number_of("LISTEN_FDS")
                    : 0;
    g_autoptr(GArray) taken = g_array_new(false, false, sizeof(int));
    g_unsetenv("LISTEN_PID");
    g_unsetenv("LISTEN_FDS");
    g_unsetenv("LISTEN_FDNAMES");
    if (n > FDS_MAX) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                    "LISTEN_FDS: more than %d sockets", FDS_MAX);
        return false;
    }
    for (int fd = FIRST_FD; fd < FIRST_FD + (int)n; fd++) {
        if (!take_one(fd, error))
            return false;
        g_array_append_val(taken, fd);
    }
    *fds = g_steal_pointer(&taken);
    return true;
}
