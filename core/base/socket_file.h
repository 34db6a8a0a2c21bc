/* SPDX-License-Identifier: MIT */
/*
 * A UNIX socket that listens at a place in the file system.
 *
 * Its file is its maker's alone from the first moment; rights for others are given
 * after that.  One that was left there by a process that has ended is replaced; one
 * that answers, or a file of another kind, is an error.
 */
#ifndef BASE_SOCKET_FILE_H
#define BASE_SOCKET_FILE_H

#include <glib.h>

#include <stdbool.h>
#include <sys/types.h>

/* How to make one; lent. */
struct socket_file_how {
    const char *path; /* at most 107 bytes */
    mode_t mode;      /* 0600, or 0660 for the group as well */
    gid_t gid;        /* (gid_t)-1: its maker's */
    int backlog;
};

/* A socket that listens, and which file it is.  Owned by who made it; `fd` -1: none. */
struct socket_file {
    int fd; /* non-blocking */
    char *path;
    dev_t dev;
    ino_t ino;
};

/* False: `out` is untouched. */
bool socket_file_listen(const struct socket_file_how *how,
                        struct socket_file *out, GError **error);
/* Closes it, and removes its file if that is still the same one. */
void socket_file_leave(struct socket_file *at);

#endif
