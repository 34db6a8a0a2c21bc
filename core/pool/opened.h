/* SPDX-License-Identifier: MIT */
/*
 * What a zygote has open: one class of one configuration, ready to be forked.
 */
#ifndef POOL_OPENED_H
#define POOL_OPENED_H

#include "base/conf.h"
#include "host/host.h"
#include "pool/options.h"
#include "pool/remote.h"
#include "pool/sandbox.h"
#include "pool/zygote.h"

#include <glib.h>

#include <stdbool.h>

/* Owned by the zygote until it ends. */
struct opened {
    struct zygote_task task;
    struct conf *conf;
    struct limits limits;
    GPtrArray *cards;       /* struct card of plugins in other classes */
    struct remote *remotes; /* one for each card */
    const struct scanner **foreign;
    struct remote_link link; /* of the remotes; a worker's own after the fork */
    struct class_options options; /* of its class */
    struct host *host;
    struct sandbox *sandbox;
    struct sandbox_rules rules; /* what is the same for all workers */
    bool is_home;
    char *uid_why; /* why it goes on as root; NULL: it does not */
};

/* Gives up root, loads plugins, gets all ready that workers can share.  [once] Takes
 * the task, in any case; *out is not to be freed.  False: the process has to end. */
bool opened_new(struct zygote_task *task, struct opened **out, GError **error);

#endif
