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

#include "base/pack.h"
#include "host/host.h"
#include "pool/sandbox.h"
#include "pool/tray.h"

#include <glib.h>

#include <stdbool.h>

/* What a worker says first.  Packed into slot 0's reply room; the front's copy is
 * hostile as everything. */
struct hello {
    struct sandbox_report sandbox;
    GPtrArray
        *downs; /* struct hello_down: plugins that could not be started here */
};

struct hello_down {
    uint32_t scanner; /* place in the whole plan */
    char *text;       /* clean, one line */
};

void hello_pack(const struct hello *hello, struct packer *to);
/* False: not well made; `*out` untouched. */
bool hello_unpack(struct unpacker *from, size_t scanner_n, struct hello *out);
void hello_clear(struct hello *hello);

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
