/* SPDX-License-Identifier: MIT */
/*
 * From plugins.conf to everything a scan needs.
 *
 * A wrong configuration runs nothing: all its errors are collected, one a section,
 * so that they can be mended in one go.  A plugin at fault is not an error but a
 * refusal of the host (host/host.h).
 */
#ifndef DAEMON_SETUP_H
#define DAEMON_SETUP_H

#include "base/conf.h"
#include "base/limits.h"
#include "daemon/options.h"
#include "host/host.h"
#include "pool/options.h"
#include "verdict/policy.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* What to open.  Strings may be NULL. */
struct setup_how {
    const char *config; /* NULL: the default one, see setup_find_config */
    const char *plugin; /* only this one */
    bool no_plugins;
    bool is_isolated; /* no host: plugins are the pool's */
    bool is_check;    /* options only: nothing big is loaded */
};

/* Owned by the command; zeroed memory is valid and empty. */
struct setup {
    struct conf *conf;
    struct limits limits;
    GArray *networks; /* mail/trust.h */
    struct policy *policy;
    /* Classes are read with class_options_read(), and known to be right. */
    struct pool_options pool;
    struct daemon_options daemon;
    struct host *host; /* NULL: isolated */
};

/* False with at least one line in `errors` (char *); `out` is then empty. */
bool setup_open(const struct setup_how *how, struct setup *out,
                GPtrArray *errors);
void setup_close(struct setup *setup);

/* ASSAY_LANDLOCK_ABI of the environment: as though the kernel had no newer Landlock,
 * for tests.  0: the kernel's own. */
uint32_t setup_landlock_abi(void);

/* Each on a line of standard error, after the program's name. */
void setup_say_errors(const GPtrArray *errors);
/* setup_open that says on standard error what is wrong, and which plugins were
 * refused. */
bool setup_open_loud(const struct setup_how *how, struct setup *out);
/* Each of these (struct refusal) on a line of standard error. */
void setup_say_refusals(const GPtrArray *refusals);
/* Is one of them of a plugin that is not optional? */
bool setup_misses_plugin(const GPtrArray *refusals);

/*
 * The plugins.conf one, two or three folders above the program's own folder (a
 * source tree), else /etc/assay/plugins.conf.  A new string, yours.
 */
char *setup_find_config(GError **error);

#endif
