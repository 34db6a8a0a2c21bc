/* SPDX-License-Identifier: MIT */
/*
 * The files of one configuration while it is opened: each is probed and loaded once,
 * however many sections use it.
 */
#ifndef HOST_FILES_H
#define HOST_FILES_H

#include "host/check.h"
#include "host/section.h"

#include <glib.h>

#include <stdbool.h>

struct files;

/*
 * One plugin of one file that is to become an instance.  All lent.
 */
struct found {
    const struct wanted *wanted;
    const struct descriptor *descriptor;
    const struct assay_plugin *plugin;
    const char *name; /* of the instance; interned */
};

/* Probes the files of `all` (struct wanted), which is lent for as long. */
struct files *files_open(const GPtrArray *all, unsigned timeout_ms);
void files_free(struct files *files);

/*
 * Loads the wanted file and gives its plugins that are meant (struct found): the one
 * with the wanted id, the only one, or, for a file that no section names, all.
 * Descriptors are added to `modules`, which owns them.
 */
bool files_find(struct files *files, const struct wanted *wanted,
                GPtrArray *modules, GArray **out, GError **error);

#endif
