/* SPDX-License-Identifier: MIT */
/*
 * What an instance's answers depend on: asked once it is created, and proven to be
 * the same each time.
 */
#ifndef HOST_STAMP_H
#define HOST_STAMP_H

#include "host/host.h"

#include <glib.h>

#include <stdbool.h>

/* Fills in stamp and has_stamp; a plugin without a stamp has none, and that is fine. */
bool stamp_read(struct instance *instance, GError **error);

#endif
