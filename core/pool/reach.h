/* SPDX-License-Identifier: MIT */
/*
 * What the workers' user may not read, found out before root is given up: afterwards
 * it would be a plugin that cannot be loaded, for a reason that nobody sees.
 */
#ifndef POOL_REACH_H
#define POOL_REACH_H

#include "host/host.h"

#include <glib.h>

#include <stdbool.h>
#include <sys/types.h>

/*
 * Whether `uid` and `gid` may read the plugin files of `how`'s class and what the
 * options of their sections name by a path, and write their kept folders.  [root,
 * single-threaded]  What is not there is nobody's fault and not looked at.  False:
 * *why is a short line, yours.  An error in the configuration is somebody else's to
 * tell: true.
 */
bool reach_all(const struct host_how *how, uid_t uid, gid_t gid, char **why);

/* The same for a program that is to be run. */
bool reach_program(const char *path, uid_t uid, gid_t gid, char **why);

#endif
