/* SPDX-License-Identifier: MIT */
/*
 * A worker: takes requests from its tray, one at a time, in one thread, until it is
 * ended.
 *
 *     fork -> sandbox_enter() -> host_start() -> hello, READY
 *          -> { sleep until the bell; request -> message -> scan -> reply } for ever
 *
 * It never leaves by itself while the front lives, and holds nothing that matters: it
 * can be killed at any instruction.
 */
#ifndef POOL_WORKER_H
#define POOL_WORKER_H

#include "host/host.h"
#include "pool/hello.h"
#include "pool/sandbox.h"
#include "pool/tray.h"

#include <glib.h>

#include <stdbool.h>

/* What the zygote hands over at the fork.  Lent for ever. */
struct worker_how {
    struct host *host;
    const struct sandbox *sandbox;
    const struct sandbox_rules *rules;
    const struct tray_shape *shape;
    bool
        is_home; /* runs whole scans; else serves tasks of its class's plugins */
    int tray_fd;
    int bell_fd;
    int chime_fd;
};

/* In the child, after the fork.  Never returns. */
_Noreturn void worker_main(const struct worker_how *how);

#endif
