/* SPDX-License-Identifier: MIT */
/*
 * What a plugin says of itself, for `assay plugins`.
 */
#ifndef CLI_PLUGINS_VIEW_H
#define CLI_PLUGINS_VIEW_H

#include "host/host.h"
#include "pool/options.h"

#include <glib.h>

#include <stdint.h>

/* How a self-test ended. */
struct plugin_test {
    bool was_run;
    bool is_passed;
    char *text; /* why not; NULL: passed */
};

/* A paragraph for people.  `now_s` makes signatures' age. */
void plugins_view_text(const struct instance *instance,
                       const struct plugin_test *test, int64_t now_s,
                       GString *to);
/* One JSON object, one line. */
void plugins_view_json(const struct instance *instance,
                       const struct plugin_test *test, int64_t now_s,
                       GString *to);

/* The same for a plugin that was refused. */
void plugins_view_refusal_text(const struct refusal *refusal, GString *to);
void plugins_view_refusal_json(const struct refusal *refusal, GString *to);

/* What workers are shut in by on this machine; `landlock_abi_max` 0: the kernel's. */
void plugins_view_sandbox_text(const struct pool_options *options,
                               uint32_t landlock_abi_max, GString *to);
/* {"sandbox":{"landlock_abi":7,"uid":{"state":"given","why":null},...}} */
void plugins_view_sandbox_json(const struct pool_options *options,
                               uint32_t landlock_abi_max, GString *to);

#endif
