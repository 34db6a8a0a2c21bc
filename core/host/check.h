/* SPDX-License-Identifier: MIT */
/*
 * Is a descriptor what the ABI says, and can this host serve it?
 *
 * Whatever the vendor's memory holds is copied into the host's own structures, so
 * that the rest of the host sees full, checked ones.  Strings and arrays are lent by
 * the plugin: its file is never unloaded.
 */
#ifndef HOST_CHECK_H
#define HOST_CHECK_H

#include <assay/plugin.h>

#include <glib.h>

#include <stdbool.h>

/*
 * The host's copy of what one file's entry function returned.  Owned by whoever
 * loaded it.
 */
struct descriptor {
    struct assay_module module; /* plugins: the copies below */
    GPtrArray *plugins;         /* struct assay_plugin, module.plugin_count */
    GPtrArray *parts;           /* copies that the plugins point to */
};

/* `from` is what assay_plugin_v1() returned.  The error says what is wrong and what
 * to do, without the file's name. */
bool check_module(const struct assay_module *from, struct descriptor **out,
                  GError **error);
void descriptor_free(struct descriptor *descriptor);

/* Private to the two check files.  Copies what `plugin` points to into `parts`. */
bool check_plugin(struct assay_plugin *plugin, GPtrArray *parts,
                  GError **error);
/* Sets the error; returns false. */
bool check_wrong(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* All flags this host knows. */
#define CHECK_FLAGS_KNOWN (((uint64_t)ASSAY_FLAG_EDITS << 1) - 1)

#endif
