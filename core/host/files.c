/* SPDX-License-Identifier: MIT */
#include "host/files.h"

#include "base/error.h"
#include "host/load.h"
#include "host/probe.h"

#include <string.h>

struct files {
    GPtrArray *paths;   /* lent */
    char **refusals;    /* one a path; NULL: may be loaded */
    GHashTable *loaded; /* path -> struct descriptor, lent */
};

struct files *files_open(const GPtrArray *all, unsigned timeout_ms)
{
    struct files *files = g_new0(struct files, 1);
    files->paths = g_ptr_array_new();
    for (unsigned i = 0; i < all->len; i++) {
        char *path = ((const struct wanted *)all->pdata[i])->path;
        if (!g_ptr_array_find_with_equal_func(files->paths, path, g_str_equal,
                                              NULL))
            g_ptr_array_add(files->paths, path);
    }
    files->refusals = g_new0(char *, files->paths->len + 1);
    files->loaded = g_hash_table_new(g_str_hash, g_str_equal);
    probe_files((const char *const *)files->paths->pdata, files->paths->len,
                timeout_ms, files->refusals);
    return files;
}

void files_free(struct files *files)
{
    for (unsigned i = 0; i < files->paths->len; i++)
        g_free(files->refusals[i]);
    g_free(files->refusals);
    g_ptr_array_unref(files->paths);
    g_hash_table_unref(files->loaded);
    g_free(files);
}

/* The file's descriptor, or NULL and why not. */
static struct descriptor *load(struct files *files, char *path,
                               GPtrArray *modules, GError **error)
{
    unsigned at = 0;
    g_ptr_array_find_with_equal_func(files->paths, path, g_str_equal, &at);
    if (files->refusals[at] != NULL) {
        g_set_error_literal(error, BASE_ERROR, BASE_ERROR_PLUGIN,
                            files->refusals[at]);
        return NULL;
    }
    struct descriptor *descriptor = g_hash_table_lookup(files->loaded, path);
    if (descriptor != NULL)
        return descriptor;
    if (!load_file(path, &descriptor, error))
        return NULL;
    g_ptr_array_add(modules, descriptor);
    g_hash_table_insert(files->loaded, path, descriptor);
    return descriptor;
}

/* Is it one of those that are meant? */
static bool is_meant(const struct wanted *wanted,
                     const struct assay_plugin *plugin, bool is_only)
{
    if (wanted->plugin_id != NULL)
        return strcmp(plugin->id, wanted->plugin_id) == 0;
    return is_only || wanted->section == NULL;
}

static bool say_ids(const struct wanted *wanted,
                    const struct descriptor *descriptor, GError **error)
{
    g_autoptr(GString) ids = g_string_new(NULL);
    for (unsigned i = 0; i < descriptor->plugins->len; i++) {
        const struct assay_plugin *plugin = descriptor->plugins->pdata[i];
        g_string_append_printf(ids, "%s%s", i > 0 ? ", " : "", plugin->id);
    }
    if (wanted->plugin_id == NULL)
        g_set_error(
            error, BASE_ERROR, BASE_ERROR_PLUGIN,
            "%s: holds several plugins: say which one with \"id = ...\" "
            "(%s)",
            wanted->path, ids->str);
    else
        g_set_error(error, BASE_ERROR, BASE_ERROR_PLUGIN,
                    "%s: holds no plugin \"%s\", but %s", wanted->path,
                    wanted->plugin_id, ids->str);
    return false;
}

bool files_find(struct files *files, const struct wanted *wanted,
                GPtrArray *modules, GArray **out, GError **error)
{
    const struct descriptor *descriptor =
        load(files, wanted->path, modules, error);
    if (descriptor == NULL)
        return false;
    const GPtrArray *plugins = descriptor->plugins;
    g_autoptr(GArray) all = g_array_new(false, false, sizeof(struct found));
    for (unsigned i = 0; i < plugins->len; i++) {
        const struct assay_plugin *plugin = plugins->pdata[i];
        struct found found = {wanted, descriptor, plugin, wanted->name};
        if (is_meant(wanted, plugin, plugins->len == 1))
            g_array_append_val(all, found);
    }
    if (all->len == 0)
        return say_ids(wanted, descriptor, error);
    for (unsigned i = 0; all->len > 1 && i < all->len; i++) {
        struct found *found = &g_array_index(all, struct found, i);
        found->name = g_intern_string(found->plugin->id);
    }
    *out = g_steal_pointer(&all);
    return true;
}
