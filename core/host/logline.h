/* SPDX-License-Identifier: MIT */
/*
 * A plugin's own log lines: named, escaped, cut, and no more than a log can bear.
 */
#ifndef HOST_LOGLINE_H
#define HOST_LOGLINE_H

#include <assay/plugin.h>

#include <stdatomic.h>
#include <stdint.h>

struct task;

/* How much one instance has logged lately.  Zeroed memory is a valid start; may be
 * used from any thread. */
struct logline {
    atomic_uint_fast64_t window; /* seconds / 10 since boot */
    atomic_uint_fast64_t lines;  /* in this window */
};

/* `task` may be NULL: a line about no message. */
void logline_write(struct logline *log, const char *plugin,
                   const struct task *task, uint32_t level,
                   struct assay_str line);

#endif
