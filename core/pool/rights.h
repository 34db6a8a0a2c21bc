/* SPDX-License-Identifier: MIT */
/*
 * Giving up rights: another user for good, limits on what a process may use.
 */
#ifndef POOL_RIGHTS_H
#define POOL_RIGHTS_H

#include "pool/sandbox.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * From root to `uid` and `gid` (neither 0) for good: no other group, no capability,
 * none to be had by exec.  [zygote, before the first dlopen; single-threaded]  False:
 * the process has to end, it may be half changed.  A process that is not root and has
 * these ids already is only looked at.  PDEATHSIG is lost on the way: set it after.
 */
bool rights_drop(uid_t uid, gid_t gid, GError **error);
/* The same, but for the capabilities in `keep` (bits as below), which no program that
 * is executed inherits. */
bool rights_drop_to(uid_t uid, gid_t gid, uint64_t keep, GError **error);

/* The capabilities of a process as bits, as in /proc/PID/status CapEff; keeps those
 * in `keep`, drops all others from every set.  [single-threaded] */
bool rights_keep(uint64_t keep, GError **error);

/* NULL, or what makes this process more than an ordinary user. */
const char *rights_excess(void);

/*
 * Sets the limits of `rules`, core dumps and new processes to none.  [worker]  Never
 * raises one.  *no_memory_why is NULL, or says (static) why memory has no limit.
 */
bool rights_limit(const struct sandbox_rules *rules, unsigned may,
                  const char **no_memory_why, GError **error);

/* Address space and private memory of this process, bytes. */
bool rights_memory(uint64_t *size, uint64_t *data);

#endif
