/* SPDX-License-Identifier: MIT */
/*
 * How large the pool is, how long it waits, what a worker may use: the sections [pool]
 * and [class NAME] of plugins.conf.
 *
 * [pool] is for everything; [class NAME] says for one class what differs.  Readers get
 * both already joined: a class's options are complete.  Where an option that is written
 * contradicts a default or what [pool] says, the written one holds and the other gives
 * way; two that are written in one section and contradict each other are refused.
 */
#ifndef POOL_OPTIONS_H
#define POOL_OPTIONS_H

#include "base/option.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* Tables of the two sections: for documentation and for showing what is in force. */
extern const struct assay_option *const pool_options_table[];
extern const struct assay_option *const class_options_table[];

/* Positions of the words of `sandbox`. */
enum pool_sandbox {
    POOL_SANDBOX_BEST = 0,
    POOL_SANDBOX_REQUIRED = 1
};

/* Positions of the words of `reload`. */
enum pool_reload {
    POOL_RELOAD_AUTO = 0,
    POOL_RELOAD_OVERLAP = 1,
    POOL_RELOAD_DRAIN_FIRST = 2
};

/*
 * [pool].  Owned by whoever read it; immutable then; strings are its own.  Workers are
 * counted for each class; workers_max is already counted out, never 0, never less than
 * workers_min.
 */
struct pool_options {
    uint64_t cores; /* of the machine, from 1 */
    uint64_t workers_min;
    uint64_t workers_max;
    uint64_t slots;     /* scans queued on one worker, 1..16 */
    uint64_t queue_max; /* for queue_init() */
    uint64_t queue_bytes;
    uint64_t plugin_time_ns; /* one call; never 0 */
    uint64_t plugin_warn_ns; /* 0: no warning; else < plugin_time_ns */
    uint64_t memory;         /* bytes of a worker beyond its zygote's */
    uint64_t recycle_scans;  /* 0: never for this reason */
    uint64_t recycle_growth; /* bytes; 0: never for this reason */
    /* For breaker_init(). */
    uint64_t breaker_failures;
    uint64_t breaker_window_ns;
    uint64_t breaker_backoff_ns;
    uint64_t breaker_backoff_max_ns;
    uint64_t watch; /* 1: reload when files change */
    uint64_t load_time_ns;
    uint64_t crash_keep; /* reports in crash_dir */
    enum pool_sandbox sandbox;
    enum pool_reload reload;
    char *user;       /* NULL: see account_find() */
    char *front_user; /* NULL: see account_front() */
    char *crash_dir;  /* absolute; NULL: reports go to the log only */
};

/* Where a class may have a connection to. */
struct class_address {
    char *text; /* as it was written */
    char *host; /* name or address without brackets; NULL: a UNIX socket */
    char *port; /* "1".."65535"; NULL: a UNIX socket */
    char *path; /* absolute; NULL: TCP */
};

/* [class NAME], what it does not say taken from [pool]. */
struct class_options {
    uint64_t workers_min;
    uint64_t workers_max;
    uint64_t memory;
    uint64_t plugin_time_ns;
    uint64_t plugin_warn_ns;
    char *user;     /* NULL: see account_find() */
    GPtrArray *net; /* struct class_address; empty: no network */
};

/* What holds without a [pool].  `cores` is the machine's, from 1: 0 asks it. */
void pool_options_default(unsigned cores, struct pool_options *out);
/* Reads [pool] of `conf`.  False: `out` is untouched. */
bool pool_options_read(const struct conf *conf, unsigned cores,
                       struct pool_options *out, GError **error);
void pool_options_clear(struct pool_options *options);
/* `to` is then yours, strings too. */
void pool_options_copy(const struct pool_options *from,
                       struct pool_options *to);

/* Reads [class `name`] of `conf`; where there is none, all is as [pool] says.
 * conf NULL: nothing is in any file.  False: `out` is untouched. */
bool class_options_read(const struct conf *conf, const char *name,
                        const struct pool_options *pool,
                        struct class_options *out, GError **error);
void class_options_clear(struct class_options *options);

/* `section` is a [class ...] of `conf`.  False: it has no name, or no plugin is in that
 * class, so that it would do nothing. */
bool class_options_check_name(const struct conf *conf,
                              const struct conf_section *section,
                              GError **error);

#endif
