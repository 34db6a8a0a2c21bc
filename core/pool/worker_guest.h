/* SPDX-License-Identifier: MIT */
/*
 * A guest worker's part: runs errands for home workers, in whose trays it looks.
 */
#ifndef POOL_WORKER_GUEST_H
#define POOL_WORKER_GUEST_H

#include "pool/guest.h"
#include "pool/tray.h"
#include "scan/scan.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Owned by the worker; zeroed memory is valid and knows no home. */
struct worker_guest {
    struct guest *guest; /* NULL: not made yet */
    struct tray *homes;
    size_t home_n;
    GByteArray *answer; /* kept for the next one */
};

/* Maps the trays; the descriptors may be closed afterwards. */
bool worker_guest_visit(struct worker_guest *g, const int *fds, size_t n,
                        const struct tray_shape *shape, GError **error);

/* Runs the errand in p[0..n); the answer (pool/guest.h) is g->answer, until the next
 * one.  NULL, or why it cannot be run. */
const char *worker_guest_run(struct worker_guest *g,
                             const struct scan_plan *plan, const uint8_t *p,
                             size_t n, size_t answer_max);

#endif
