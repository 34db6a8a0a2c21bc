/* SPDX-License-Identifier: MIT */
/*
 * Whom workers and front run as where Assay was started as root.
 */
#ifndef POOL_ACCOUNT_H
#define POOL_ACCOUNT_H

#include <glib.h>

#include <stdbool.h>
#include <sys/types.h>

/* A user that is not root, for rights_drop(). */
struct account {
    uid_t uid;
    gid_t gid; /* its own group; never 0 */
};

/* Looks up `name`; NULL: assay-worker, or nobody where there is no such user.  Reads
 * the user database: not for a process that is shut in.  Fails for a user that there
 * is not, and for one with root's uid or group. */
bool account_find(const char *name, struct account *out, GError **error);
/* The same for the front; NULL: assay, or daemon. */
bool account_front(const char *name, struct account *out, GError **error);

#endif
