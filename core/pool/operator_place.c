/* SPDX-License-Identifier: MIT */
#include "pool/operator_place.h"

#include "base/error.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    BACKLOG = 16
};

static bool fail(GError **error, const char *path, const char *what)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "control socket %s: %s: %s",
                path, what, g_strerror(errno));
    return false;
}

/* Does nobody answer at the socket that is there? */
static bool is_abandoned(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return false;
    bool is_refused =
        connect(fd, (const struct sockaddr *)address, sizeof *address) != 0 &&
        errno == ECONNREFUSED;
    close(fd);
    return is_refused;
}

static bool make_way(const char *path, const struct sockaddr_un *address,
                     GError **error)
{
    struct stat st;
    if (lstat(path, &st) != 0)
        return errno == ENOENT ||
               fail(error, path, "cannot look at what is there");
    if (!S_ISSOCK(st.st_mode) || !is_abandoned(address)) {
        g_set_error(
            error, BASE_ERROR, BASE_ERROR_IO, "control socket %s: %s", path,
            S_ISSOCK(st.st_mode) ? "another process listens there"
                                 : "there is a file that is not a socket");
        return false;
    }
    return unlink(path) == 0 || fail(error, path, "cannot remove the old one");
}

/* Makes, binds and listens.  Rights of a socket are those its file is made with, so it
 * is nobody else's at any time. */
static bool bind_at(int fd, const char *path, const struct sockaddr_un *address,
                    struct stat *st, GError **error)
{
    if (fchmod(fd, 0600) != 0 ||
        bind(fd, (const struct sockaddr *)address, sizeof *address) != 0)
        return fail(error, path, "cannot be made");
    if (lstat(path, st) != 0 || listen(fd, BACKLOG) != 0)
        return fail(error, path, "cannot be listened at");
    return true;
}

bool operator_listen(const char *path, struct operator_place *out,
                     GError **error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat st = {0};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return fail(error, path, "a socket's path has 107 bytes at most");
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    if (!make_way(path, &address, error))
        return false;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return fail(error, path, "cannot be made");
    if (!bind_at(fd, path, &address, &st, error)) {
        close(fd);
        return false;
    }
    *out = (struct operator_place){
        .fd = fd, .path = g_strdup(path), .dev = st.st_dev, .ino = st.st_ino};
    return true;
}

void operator_leave(struct operator_place *at)
{
    struct stat st;
    if (at->fd < 0)
        return;
    if (lstat(at->path, &st) == 0 && st.st_dev == at->dev &&
        st.st_ino == at->ino)
        unlink(at->path);
    close(at->fd);
    g_free(at->path);
    *at = (struct operator_place){.fd = -1};
}
