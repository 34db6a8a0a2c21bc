/* SPDX-License-Identifier: MIT */
/*
 * From the parent to a zygote: fork, the workers' user, descriptors in their places,
 * exec.
 */
#ifndef POOL_PARENT_SPAWN_H
#define POOL_PARENT_SPAWN_H

#include "pool/parent.h"

#include <sys/types.h>

/* `fds` are a zygote's end of its socket and its log.  Waits until the program runs:
 * 0 and *pid, or an errno and no process: EPERM where `uid` is none of the workers'. */
int parent_spawn(const struct parent_setup *setup, uid_t uid, const int fds[2],
                 pid_t *pid);

#endif
