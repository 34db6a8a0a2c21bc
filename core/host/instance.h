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
#include <sys/types.h>

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

/* The scratch folders that instance_start() will use in this process, made now: for a
 * process that loses the right to make them.  Paths are yours, NULL: not needed. */
enum {
    INSTANCE_FOLDERS = 2
};

bool instance_folders(const struct instance *instance, struct host *host,
                      char *out[INSTANCE_FOLDERS], GError **error);
/* Removes those of a process that has ended without instance_stop(). */
void instance_sweep(const struct instance *instance, const struct host *host,
                    pid_t pid);
/* destroy(), in the process that created it. */
void instance_close(struct instance *instance);

#endif
