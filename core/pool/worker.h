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
#include "pool/remote.h"
#include "pool/sandbox.h"
#include "pool/tray.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>

/* What the zygote hands over at the fork.  Lent for ever. */
struct worker_how {
    struct host *host;
    const struct sandbox *sandbox;
    /* What is the same for all workers: paths, descriptors and `denied` are added. */
    const struct sandbox_rules *rules;
    const struct tray_shape *shape;
    /* Runs whole scans; else serves tasks of its class's plugins. */
    bool is_home;
    int tray_fd;
    int bell_fd;
    int chime_fd;
    int log_fd;
    const int *home_fds; /* guest: trays of home workers, to be read */
    size_t home_n;
    const struct tray_shape *home_shape;
    struct remote_link *link; /* home: of its remote scanners; never NULL */
    /* A network plugin's connections: one for each of `net`, in its order; what is no
     * socket stands for one that did not answer. */
    const int *extra_fds;
    size_t extra_n;
    const GPtrArray *net; /* struct class_address (pool/options.h) */
    const char *class_name;
};

/* In the child, after the fork.  Never returns. */
_Noreturn void worker_main(const struct worker_how *how);

#endif
