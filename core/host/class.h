/* SPDX-License-Identifier: MIT */
/*
 * Classes: which instances share a zygote and its workers.
 *
 * Instances of one class live in one address space, so they must trust each other;
 * between classes nothing is shared but the content that is looked at, read-only.
 * "main" is the class whose workers run the scan itself.  A plugin that Assay's own
 * build made is in "main", another one is in a class of its own that is named after
 * its instance, unless its section says `class = NAME`.
 *
 * All of this is told by plugins.conf alone: no plugin is loaded for it.
 */
#ifndef HOST_CLASS_H
#define HOST_CLASS_H

#include "host/host.h"

#include <glib.h>

#include <stdbool.h>

/* The class whose workers run scans. */
#define CLASS_MAIN "main"

enum {
    CLASS_NAME_MAX = 64, /* bytes; letters, digits and ._- */
    CLASSES_MAX = 64     /* in one configuration */
};

/* One class and the sections in it. */
struct host_class {
    const char *name; /* interned */
    /* struct wanted (host/section.h), in file order; of "main" it may be empty */
    GPtrArray *sections;
};

/* All classes of `how` (class_name and foreign are not read): struct host_class,
 * yours with g_ptr_array_unref.  "main" is the first, the others follow in the order
 * in which the file names them. */
bool host_classes(const struct host_how *how, GPtrArray **out, GError **error);

/* May a class be called that? */
bool class_is_name(const char *name);

/* Is the plugin file `path` (absolute, without symbolic links) one that Assay's own
 * build made and put into folder `dir`?  `names`: those plugins, blanks between. */
bool class_is_in_tree(const char *path, const char *dir, const char *names);

/* The class of a section that names none: interned. */
const char *class_default(const char *path, const char *instance);

#endif
