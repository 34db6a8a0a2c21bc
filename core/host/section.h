/* SPDX-License-Identifier: MIT */
/*
 * What the host itself reads in a [plugin NAME] section: which file, whether it is
 * wanted, and what to do without it.
 */
#ifndef HOST_SECTION_H
#define HOST_SECTION_H

#include "base/conf.h"
#include "host/host.h"

#include <glib.h>

#include <stdbool.h>

/* The keys of host_section_options, NULL-terminated. */
extern const char *const host_section_keys[];

/*
 * One plugin that the configuration or the command line asks for.
 */
struct wanted {
    const char *name;                   /* interned */
    const struct conf_section *section; /* NULL: none in plugins.conf */
    char *path;                         /* absolute, without symbolic links; as
                                           it was written where there is no file */
    char *plugin_id;                    /* NULL: the file's only one */
    char *state_dir;                    /* NULL: none */
    const char *class_name;             /* interned, see host/class.h */
    bool is_optional;
};

/* All that `how` asks for: struct wanted, in file order, without those that say
 * `enabled = no`. */
bool section_read_all(const struct host_how *how, GPtrArray **out,
                      GError **error);

/* For arrays of struct wanted. */
void section_wanted_free(void *p);

/* Sorts scanners into the order in which `how` names their sections; those that it
 * does not name come last.  Otherwise keeps the order. */
bool section_sort(const struct host_how *how, const struct scanner **scanners,
                  size_t n, GError **error);

/* Where a `file` without a slash is looked up: the folder `plugins` beside the
 * running program, ../lib/assay/plugins from there, else where the prefix says.
 * Yours. */
char *section_plugin_dir(void);

#endif
