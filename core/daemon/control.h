/* SPDX-License-Identifier: MIT */
/*
 * What an operator may ask of a scan in contained workers while it runs: how it is
 * going, and to load plugins, signatures and settings anew.
 *
 *     assay status --socket PATH      assay reload --socket PATH, SIGHUP, or files
 *                                     that have changed ([pool] watch)
 *
 * Policy and thresholds stay those that the scan began with: all its answers are
 * judged alike.
 */
#ifndef DAEMON_CONTROL_H
#define DAEMON_CONTROL_H

#include "daemon/setup.h"
#include "pool/operator.h"
#include "pool/parent.h"
#include "pool/pool.h"
#include "scan/resolver.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* Owned by its command.  Zeroed memory is valid: nobody listens. */
struct control {
    struct setup_how how; /* strings are lent: what to read at a reload */
    unsigned workers;     /* so many; 0: as the configuration says */
    const struct resolver *resolver;
    bool is_watched; /* reload when files change, where [pool] watch says so */
    struct parent *parent; /* NULL: none (daemon/divide.h) */
    struct pool *pool;
    struct operator_socket *socket;
    uint64_t request; /* who waits for a reload, where is_asked */
    bool is_asked;
    uint64_t begun_ns; /* the reload */
};

/* Starts the pool by a configuration that has been read: see pool_start. */
bool control_start_pool(struct control *control, const struct setup *setup,
                        GError **error);
/* Waits until it scans, and says which plugins do not.  False: see pool_await. */
bool control_await_pool(struct control *control, GError **error);
/* Listens at `path`; before the pool is started. */
bool control_listen(struct control *control, const char *path, GError **error);
/* Ends what is open. */
void control_close(struct control *control);

/* As if it had been asked for; `why` goes to standard error where it fails. */
void control_reload(struct control *control);

#endif
