/* SPDX-License-Identifier: MIT */
/*
 * Is there memory for a second generation beside the first?
 *
 * Asked before anything is loaded: what the kernel's memory killer takes is not ours
 * to choose.  The new one is expected to need what the old one has needed, plus a
 * quarter, plus what new workers have of their own.
 */
#ifndef POOL_FIT_H
#define POOL_FIT_H

#include "pool/options.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What was measured.  Plain value. */
struct fit {
    uint64_t need_bytes;
    uint64_t free_bytes;
    bool is_known; /* false: the kernel does not tell, both are 0 */
};

enum fit_way {
    FIT_OVERLAP,
    FIT_DRAIN_FIRST,
    FIT_NOT, /* overlap was demanded, and there is no room */
};

/* `zygotes` are the old generation's, `workers` the processes that the new one will
 * have. */
void fit_measure(const pid_t *zygotes, size_t n, unsigned workers,
                 struct fit *out);
enum fit_way fit_choose(enum pool_reload reload, const struct fit *fit);

/* Free memory as this process may use it: of the machine, and of the control groups
 * (version 2 or 1) that it is in.  `root` is "", or a folder with a proc and a sys of a
 * test.  False: not to be had. */
bool fit_free_bytes(const char *root, uint64_t *bytes);

#endif
