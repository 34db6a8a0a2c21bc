/* SPDX-License-Identifier: MIT */
#include "mailbox/file.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

const char *file_problem(mode_t mode)
{
    if (S_ISREG(mode))
        return NULL;
    if (S_ISDIR(mode))
        return "is a folder, not a message";
    if (S_ISLNK(mode))
        return "is a symbolic link, which is not followed inside a folder: "
               "name it to have it scanned";
    if (S_ISFIFO(mode))
        return "is a FIFO, which could block: redirect it to standard input "
               "and scan \"-\"";
    if (S_ISSOCK(mode))
        return "is a socket, not a message";
    return "is a device, not a message";
}

static int refuse(int fd, const char *path, const char *what, GError **error)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s: %s", path, what);
    if (fd >= 0)
        close(fd);
    return -1;
}

int file_open(const char *path, bool follow_links, uint64_t *size,
              GError **error)
{
    int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY |
                (follow_links ? 0 : O_NOFOLLOW);
    int fd = open(path, flags | O_NOATIME);
    if (fd < 0 && errno == EPERM) /* only the owner may ask for NOATIME */
        fd = open(path, flags);
    struct stat st;
    if (fd < 0 && errno == ELOOP && !follow_links)
        return refuse(fd, path, file_problem(S_IFLNK), error);
    if (fd < 0 && errno == ENXIO)
        return refuse(fd, path, file_problem(S_IFSOCK), error);
    if (fd < 0 || fstat(fd, &st) != 0)
        return refuse(fd, path, g_strerror(errno), error);
    const char *problem = file_problem(st.st_mode);
    if (problem != NULL)
        return refuse(fd, path, problem, error);
    *size = (uint64_t)st.st_size;
    return fd;
}

ssize_t file_read(int fd, void *to, size_t n, uint64_t offset)
{
    size_t got = 0;
    while (got < n) {
        ssize_t part =
            pread(fd, (char *)to + got, n - got, (off_t)(offset + got));
        if (part < 0 && errno == EINTR)
            continue;
        if (part < 0)
            return -1;
        if (part == 0)
            break;
        got += (size_t)part;
    }
    return (ssize_t)got;
}
