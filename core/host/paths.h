/* SPDX-License-Identifier: MIT */
/*
 * Which files the plugins of a host use: what a sandbox has to leave open for them.
 *
 * To read: the plugins' own files and what their options of type PATH name.  To
 * write: for each plugin that asks for it, its kept folder and scratch folders that
 * are this process's alone.
 */
#ifndef HOST_PATHS_H
#define HOST_PATHS_H

#include "host/host.h"

#include <glib.h>

#include <stdbool.h>
#include <sys/types.h>

/* Adds char * to read. */
void paths_read(const struct host *host, GPtrArray *to);
/* Adds char * to write; makes the scratch folders that host_start() would make in
 * this process, so that nothing above them has to be open. */
bool paths_write(struct host *host, GPtrArray *to, GError **error);

/* Removes the scratch folders of a process that has ended without host_stop(). */
void paths_sweep(const struct host *host, pid_t pid);

#endif
