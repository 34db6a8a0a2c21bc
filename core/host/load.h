/* SPDX-License-Identifier: MIT */
/*
 * One plugin file: opened by the rules, its descriptor checked.
 *
 * A file is never closed again: destructors, thread-local data and atexit handlers
 * of libraries make unloading unsafe, so replacing a plugin is a new process.
 */
#ifndef HOST_LOAD_H
#define HOST_LOAD_H

#include "host/check.h"

#include <glib.h>

#include <stdbool.h>
#include <sys/types.h>

/*
 * Loads the file at `path` (absolute) into this process.  It must be a regular ELF
 * shared object of this machine that only root or the running user can change, and
 * the entry function must be its own.  The error names the file, says what is wrong
 * and what to do.
 *
 * Constructors run: load only what has been probed (host/probe.h).
 */
bool load_file(const char *path, struct descriptor **out, GError **error);

/* For the rest of this process: files may belong to root, or to `owner` instead of the
 * running user.  A process that has given up root says 0: a plugin could else be made
 * by what it is to be kept from. */
void load_trust_owner(uid_t owner);

#endif
