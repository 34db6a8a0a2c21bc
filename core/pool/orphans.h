/* SPDX-License-Identifier: MIT */
/*
 * What a zygote leaves when it dies: those that sweep up behind dead workers or try a
 * plugin out have no number, and nobody was told of them.  They become children of the
 * front, which is subreaper, and are known by the zygote's session.
 */
#ifndef POOL_ORPHANS_H
#define POOL_ORPHANS_H

#include <stdbool.h>
#include <sys/types.h>

/* Buries those of this dead zygote that are dead as well.  True: none is left. */
bool orphans_bury(pid_t zygote);

#endif
