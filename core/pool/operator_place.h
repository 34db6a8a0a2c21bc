/* SPDX-License-Identifier: MIT */
/*
 * Where the control socket stands in the file system.  Private to it.
 */
#ifndef POOL_OPERATOR_PLACE_H
#define POOL_OPERATOR_PLACE_H

#include <glib.h>

#include <stdbool.h>
#include <sys/types.h>

/* A socket that listens, and which file it is.  Owned by the control socket; `fd` -1:
 * none. */
struct operator_place {
    int fd; /* non-blocking */
    char *path;
    dev_t dev;
    ino_t ino;
};

/* See operator_open().  False: `out` is untouched. */
bool operator_listen(const char *path, struct operator_place *out,
                     GError **error);
/* Closes it, and removes its file if that is still the same one. */
void operator_leave(struct operator_place *at);

#endif
