/* SPDX-License-Identifier: MIT */
/*
 * A control group for each class of workers, where cgroup v2 has been delegated to us.
 *
 *     /sys/fs/cgroup/.../assayd.service/     delegated: Delegate=memory pids
 *         front/                             cgroup_settle() moved the front here:
 *                                            a group with children may hold no
 *                                            process; zygotes are born here too
 *         class.PID/                         the zygote PID moved itself here, its
 *                                            workers are born here: memory.max,
 *                                            pids.max
 *
 * It bounds what rlimits cannot: page cache and tmpfs files of all workers together,
 * and the number of their threads.  Not needed for anything else: where it is not to
 * be had that is told and rlimits remain.
 *
 * A class, not a worker: moving a process between groups takes the kernel 5 to 18 ms
 * (measured; it waits for all processors), and a new worker has to be ready in less.
 */
#ifndef POOL_CGROUP_H
#define POOL_CGROUP_H

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Where the kernel shows its groups. */
#define CGROUP_ROOT "/sys/fs/cgroup"

/*
 * The folder in which worker groups can be made, a new string, or NULL with *why
 * (static).  `root` is CGROUP_ROOT; a test gives a folder of its own, for which
 * `own` is this process's group as in /proc/self/cgroup, "/a/b"; NULL: read there.
 */
char *cgroup_base(const char *root, const char *own, const char **why);

/* Moves this process into front/ of its group and hands the controllers to the groups
 * beside it.  [front, once, before zygotes]  False with *why where that is not to be
 * had. */
bool cgroup_settle(const char *root, const char *own, const char **why);

/* Makes class.PID for this process and enters it; removes those that nobody lives in
 * any more.  [zygote, before its first worker]  memory_bytes 0: no limit.  0 or
 * errno. */
int cgroup_join(const char *base, uint64_t memory_bytes, uint32_t tasks);

#endif
