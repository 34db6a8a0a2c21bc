/* SPDX-License-Identifier: MIT */
/*
 * How a home worker asks a guest: by its own tray, through the front.
 */
#ifndef POOL_WORKER_ASK_H
#define POOL_WORKER_ASK_H

#include "pool/remote.h"
#include "pool/tray.h"
#include "scan/scan.h"

#include <stdbool.h>

/* Owned by the worker. */
struct worker_asker {
    const struct tray *tray;
    const struct scan_plan *plan; /* the whole one */
    int bell_fd;
    int chime_fd;
};

/* Has all remote scanners of `link` ask by `asker`, which stays where it is.  Where the
 * tray has no room for questions they cannot. */
void worker_ask_init(struct worker_asker *asker, struct remote_link *link);

#endif
