/* SPDX-License-Identifier: MIT */
/*
 * The bridge: what a plugin calls through struct assay_host becomes what a scanner
 * may do in core/scan.
 *
 * Nothing that a plugin hands over is believed: a task must be the one that is
 * running on this thread, an object one of its message, a writer the open one
 * (pointers are compared, never followed before), structures are copied by size,
 * lengths are bounded, text is made clean.  A rule that is broken is told as
 * `failed` in the plugin's name when its task is over.
 */
#ifndef HOST_BRIDGE_H
#define HOST_BRIDGE_H

#include "host/host.h"
#include "scan/scanner.h"

#include <assay/plugin.h>

#include <stdint.h>

struct bridge;

struct bridge *bridge_new(struct instance *instance);
void bridge_free(struct bridge *bridge);

/* The table for create(); valid as long as the bridge. */
const struct assay_host *bridge_abi(const struct bridge *bridge);

/* struct scanner.handle; `self` is the instance. */
int32_t bridge_handle(void *self, struct task *task);

#endif
