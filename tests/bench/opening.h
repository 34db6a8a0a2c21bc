/* SPDX-License-Identifier: MIT */
/*
 * A configuration, opened in this process or as a pool, for measuring.
 */
#ifndef BENCH_OPENING_H
#define BENCH_OPENING_H

#include "base/conf.h"
#include "base/limits.h"
#include "host/host.h"
#include "pool/options.h"
#include "pool/pool.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* Owned by the program; zeroed memory is valid and empty. */
struct opening {
    struct conf *conf;
    struct limits limits;
    struct pool_options options;
    struct pool_how how;
    char *program; /* the assay beside this program's folder */
    struct session *session;
};

bool opening_read(const char *path, struct opening *out, GError **error);
void opening_clear(struct opening *opening);

/* In this process.  A plugin that is refused is an error: it would be fast. */
bool opening_host(const struct opening *opening, struct host **out,
                  GError **error);
bool opening_pool(struct opening *opening, struct pool **out, GError **error);

/* Submits one and runs the pool until it is answered.  False: it was not scanned, or
 * some plugin failed. */
bool opening_scan(const struct opening *opening, struct pool *pool,
                  GBytes *raw);

/* Of uint64_t nanoseconds, in milliseconds; `times` is sorted by it. */
double opening_median_ms(GArray *times);

#endif
