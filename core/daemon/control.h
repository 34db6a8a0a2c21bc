/* SPDX-License-Identifier: MIT */
/*
 * What an operator may ask of a pool while it runs: how it is going, and to load
 * plugins, signatures and settings anew.
 *
 *     assay status --socket PATH      assay reload --socket PATH, SIGHUP, or files
 *                                     that have changed ([pool] watch)
 *
 * A daemon takes new settings of its own into use as well, and may be told to stop and
 * to drain: see struct control_hooks.  A scan has no hooks: policy and thresholds stay
 * those that it began with, so that all its answers are judged alike.
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

/* What a daemon does beside.  Static; no function is NULL. */
struct control_hooks {
    /* Appends to the status, which is a JSON object still open: ,"key":value */
    void (*status)(void *self, GString *json);
    /* A new generation has taken over: its settings hold from now on.  False: some
     * stay as they were, and `error` says why. */
    bool (*take)(void *self, const struct setup *setup, GError **error);
    /* A reload is over, whoever wanted it. */
    void (*reloaded)(void *self, bool is_done, const char *why);
    void (*stop)(void *self);
    void (*drain)(void *self);
};

/* Owned by its program.  Zeroed memory is valid: nobody listens. */
struct control {
    struct setup_how how; /* strings are lent: what to read at a reload */
    unsigned workers;     /* so many; 0: as the configuration says */
    const struct resolver *resolver;
    const char *program; /* that zygotes run, lent; NULL: this one */
    bool is_watched; /* reload when files change, where [pool] watch says so */
    struct parent *parent; /* NULL: none (daemon/divide.h) */
    struct pool *pool;
    struct operator_socket *socket;
    const struct control_hooks *hooks; /* NULL: a scan */
    void *self;                        /* of the hooks */
    GPtrArray *wishes;                 /* struct control_wish, private */
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

/* As if it had been asked for.  Without hooks it goes to standard error why it failed. */
void control_reload(struct control *control);

#endif
