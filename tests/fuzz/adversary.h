/* SPDX-License-Identifier: MIT */
/*
 * A worker that has been taken over: the worker's side of a tray, played by somebody
 * who wants the front to read, write, wait or answer what it should not.
 *
 * Some lives are honest, so that what the front does with good answers is reached; the
 * others do everything that memory, bells and descriptors allow, while the front reads.
 * It knows the tray's layout and the formats, and maps all of it writable, as
 * a worker with control of its own memory can.
 */
#ifndef TESTS_ADVERSARY_H
#define TESTS_ADVERSARY_H

#include "pool/tray.h"
#include "scan/scan.h"

#include <stdbool.h>
#include <stdint.h>

/* One life.  Owned by whoever plays it; descriptors are lent. */
struct adversary {
    struct tray tray;
    int bell;
    int chime;
    int log;                      /* what it prints; -1: nothing */
    const struct scan_plan *plan; /* of honest answers */
    uint64_t seed;                /* not 0 */
    unsigned malice;              /* 0: honest ... 3: always evil */
};

/* Maps the tray, all of it writable. */
bool adversary_attach(struct adversary *a, int tray_fd,
                      const struct tray_shape *shape);

/* Greets (mostly), then lives until it dies or is ended: alone in its process. */
_Noreturn void adversary_live(struct adversary *a);

#endif
