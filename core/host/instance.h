/* SPDX-License-Identifier: MIT */
/*
 * The life of one instance: create, stamp, start, stop, destroy.
 *
 * create() runs before the fork where the plugin says FORK_SHARED, so that all
 * workers share what it loaded; else in each worker.
 */
#ifndef HOST_INSTANCE_H
#define HOST_INSTANCE_H

#include "host/host.h"

#include <glib.h>

#include <stdbool.h>

/* Bytes of text a plugin may give for an error. */
enum {
    INSTANCE_ERROR_SIZE = 512
};

/* What configures the instance is filled in already; makes its bridge and scanner. */
void instance_init(struct instance *instance);
void instance_free(struct instance *instance);

/* Before any fork: options proven, and created where that may be shared. */
bool instance_open(struct instance *instance, struct host *host,
                   GError **error);
/* In the process that scans. */
bool instance_start(struct instance *instance, struct host *host,
                    GError **error);
void instance_stop(struct instance *instance);
/* destroy(), in the process that created it. */
void instance_close(struct instance *instance);

#endif
