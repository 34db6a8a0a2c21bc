/* SPDX-License-Identifier: MIT */
#include "base/socket_file.h"

#include "base/error.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static bool fail(GError **error, const char *path, const char *what)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s: %s: %s", path, what,
                g_strerror(errno));
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
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s: %s", path,
                    S_ISSOCK(st.st_mode)
                        ? "another process listens there"
                        : "there is a file that is not a socket");
        return false;
    }
    return unlink(path) == 0 || fail(error, path, "cannot remove the old one");
}

/* Rights of a socket are those its file is made with, less the umask: so it is made for
 * nobody else, and opened then. */
static bool bind_at(int fd, const struct socket_file_how *how,
                    const struct sockaddr_un *address, struct stat *st,
                    GError **error)
{
    if (fchmod(fd, 0600) != 0 ||
        bind(fd, (const struct sockaddr *)address, sizeof *address) != 0)
        return fail(error, how->path, "cannot be made");
    if (how->gid != (gid_t)-1 && lchown(how->path, (uid_t)-1, how->gid) != 0)
        return fail(error, how->path, "cannot be given to its group");
    if (how->mode != 0600 && chmod(how->path, how->mode) != 0)
        return fail(error, how->path, "cannot be opened to its group");
    if (lstat(how->path, st) != 0 || listen(fd, how->backlog) != 0)
        return fail(error, how->path, "cannot be listened at");
    return true;
}

bool socket_file_listen(const struct socket_file_how *how,
                        struct socket_file *out, GError **error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat st = {0};
    if (strlen(how->path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return fail(error, how->path, "a socket's path has 107 bytes at most");
    }
    memcpy(address.sun_path, how->path, strlen(how->path) + 1);
    if (!make_way(how->path, &address, error))
        return false;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return fail(error, how->path, "cannot be made");
    if (!bind_at(fd, how, &address, &st, error)) {
        close(fd);
        return false;
    }
    *out = (struct socket_file){.fd = fd,
                                .path = g_strdup(how->path),
                                .dev = st.st_dev,
                                .ino = st.st_ino};
    return true;
}

void socket_file_leave(struct socket_file *at)
{
    struct stat st;
    if (at->fd < 0)
        return;
    if (lstat(at->path, &st) == 0 && st.st_dev == at->dev &&
        st.st_ino == at->ino)
        unlink(at->path);
    close(at->fd);
    g_free(at->path);
    *at = (struct socket_file){.fd = -1};
}
