/* SPDX-License-Identifier: MIT */
#include "host/host.h"

#include "base/error.h"
#include "base/log.h"
#include "host/bridge.h"
#include "host/check.h"
#include "host/instance.h"
#include "host/load.h"
#include "host/probe.h"
#include "host/scratch.h"
#include "host/section.h"

#include <string.h>

/* --- refusals ------------------------------------------------------------------- */

static void refusal_free(void *p)
{
    struct refusal *refusal = p;
    g_free(refusal->name);
    g_free(refusal->text);
    g_free(refusal);
}

static void refuse(struct host *host, const char *name, const char *text,
                   bool is_optional)
{
    struct refusal *refusal = g_new0(struct refusal, 1);
    refusal->name = g_strdup(name);
    refusal->text = g_strdup(text);
    refusal->is_optional = is_optional;
    g_ptr_array_add(host->refusals, refusal);
}

/* --- loading -------------------------------------------------------------------- */

/*
 * The files of one configuration while it is opened: each is probed and loaded
 * once, however many sections use it.
 */
struct files {
    GPtrArray *paths;   /* lent */
    char **refusals;    /* one a path */
    GHashTable *loaded; /* path -> struct descriptor of the host */
};

static void collect(struct files *files, const GPtrArray *wanted)
{
    files->paths = g_ptr_array_new();
    for (unsigned i = 0; i < wanted->len; i++) {
        char *path = ((const struct wanted *)wanted->pdata[i])->path;
        if (!g_ptr_array_find_with_equal_func(files->paths, path, g_str_equal,
                                              NULL))
            g_ptr_array_add(files->paths, path);
    }
    files->refusals = g_new0(char *, files->paths->len + 1);
    files->loaded = g_hash_table_new(g_str_hash, g_str_equal);
}

static void files_clear(struct files *files)
{
    for (unsigned i = 0; i < files->paths->len; i++)
        g_free(files->refusals[i]);
    g_free(files->refusals);
    g_ptr_array_unref(files->paths);
    g_hash_table_unref(files->loaded);
}

/* The file's descriptor, or NULL and why not. */
static struct descriptor *load(struct host *host, struct files *files,
                               char *path, GError **error)
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
    g_ptr_array_add(host->modules, descriptor);
    g_hash_table_insert(files->loaded, path, descriptor);
    return descriptor;
}

/* The plugin of the file that is wanted, or NULL and why not. */
static const struct assay_plugin *choose(const struct descriptor *descriptor,
                                         const struct wanted *wanted,
                                         GError **error)
{
    g_autoptr(GString) ids = g_string_new(NULL);
    for (unsigned i = 0; i < descriptor->plugins->len; i++) {
        const struct assay_plugin *plugin = descriptor->plugins->pdata[i];
        if (wanted->plugin_id != NULL &&
            strcmp(plugin->id, wanted->plugin_id) == 0)
            return plugin;
        g_string_append_printf(ids, "%s%s", i > 0 ? ", " : "", plugin->id);
    }
    if (wanted->plugin_id == NULL && descriptor->plugins->len == 1)
        return descriptor->plugins->pdata[0];
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
    return NULL;
}

/* --- instances ------------------------------------------------------------------ */

/* One plugin of one file.  Owned by the host. */
struct found {
    const struct descriptor *descriptor;
    const struct assay_plugin *plugin;
};

static void free_instance(void *p)
{
    instance_free(p);
}

static bool add_instance(struct host *host, const struct conf *conf,
                         const struct wanted *wanted, const struct found *found,
                         GError **error)
{
    struct option_set *options = NULL;
    if (!option_set_new(found->plugin->options, conf, wanted->section,
                        host_section_keys, &options, error))
        return false;
    struct instance *instance = g_new0(struct instance, 1);
    instance->name = wanted->name;
    instance->path = g_strdup(wanted->path);
    instance->module = &found->descriptor->module;
    instance->plugin = found->plugin;
    instance->options = options;
    instance->section = wanted->section;
    instance->is_optional = wanted->is_optional;
    instance->state_dir = g_intern_string(wanted->state_dir);
    instance_init(instance);
    g_ptr_array_add(host->instances, instance);
    return true;
}

/* Loads what is wanted; what cannot be loaded is refused, but a wrong setting is an
 * error. */
static bool load_all(struct host *host, const struct host_how *how,
                     const GPtrArray *all, GError **error)
{
    struct files files;
    collect(&files, all);
    probe_files((const char *const *)files.paths->pdata, files.paths->len,
                how->probe_timeout_ms != 0 ? how->probe_timeout_ms
                                           : PROBE_TIMEOUT_MS,
                files.refusals);
    bool is_good = true;
    for (unsigned i = 0; is_good && i < all->len; i++) {
        const struct wanted *wanted = all->pdata[i];
        g_autoptr(GError) cause = NULL;
        struct found found = {.descriptor =
                                  load(host, &files, wanted->path, &cause)};
        if (found.descriptor != NULL)
            found.plugin = choose(found.descriptor, wanted, &cause);
        if (found.plugin == NULL)
            refuse(host, wanted->name, cause->message, wanted->is_optional);
        else
            is_good = add_instance(host, how->conf, wanted, &found, error);
    }
    files_clear(&files);
    return is_good;
}

static void create_all(struct host *host)
{
    for (unsigned i = 0; i < host->instances->len;) {
        struct instance *instance = host->instances->pdata[i];
        g_autoptr(GError) cause = NULL;
        if (instance_open(instance, host, &cause)) {
            i++;
            continue;
        }
        g_autofree char *text =
            g_strdup_printf("%s: %s", instance->path, cause->message);
        refuse(host, instance->name, text, instance->is_optional);
        g_ptr_array_remove_index(host->instances, i);
    }
}

static int by_place(const void *a, const void *b, void *scanners)
{
    const struct host *host = scanners;
    size_t place[2] = {0, 0};
    const struct instance *instances[] = {*(struct instance *const *)a,
                                          *(struct instance *const *)b};
    for (size_t k = 0; k < 2; k++)
        while (host->scanners[place[k]] != &instances[k]->scanner)
            place[k]++;
    return place[0] < place[1] ? -1 : place[0] > place[1];
}

/* Instances and scanners in the order of facts. */
static bool order(struct host *host, GError **error)
{
    host->scanner_n = host->instances->len;
    host->scanners = g_new0(const struct scanner *, host->scanner_n + 1);
    for (unsigned i = 0; i < host->instances->len; i++)
        host->scanners[i] =
            &((const struct instance *)host->instances->pdata[i])->scanner;
    if (!scan_order(host->scanners, host->scanner_n, error))
        return false;
    g_ptr_array_sort_with_data(host->instances, by_place, host);
    return true;
}

bool host_open(const struct host_how *how, struct host **out, GError **error)
{
    g_autoptr(GPtrArray) wanted = NULL;
    if (!section_read_all(how, &wanted, error))
        return false;
    struct host *host = g_new0(struct host, 1);
    host->instances = g_ptr_array_new_with_free_func(free_instance);
    host->refusals = g_ptr_array_new_with_free_func(refusal_free);
    host->modules = g_ptr_array_new();
    host->limits = *how->limits;
    host->is_check = how->is_check;
    /* All settings are proven before the first plugin loads anything big. */
    if (!load_all(host, how, wanted, error)) {
        host_close(host);
        return false;
    }
    create_all(host);
    if (!order(host, error)) {
        host_close(host);
        return false;
    }
    *out = host;
    return true;
}

/* Scanned without it: told once a message, not once an object. */
static void take_down(struct host *host, struct instance *instance,
                      const char *text)
{
    instance->down = g_strdup(text);
    instance->scanner.stages = ASSAY_STAGE_BIT(ASSAY_STAGE_MESSAGE);
    refuse(host, instance->name, text, instance->is_optional);
}

void host_start(struct host *host)
{
    g_assert(!host->is_check);
    for (unsigned i = 0; i < host->instances->len; i++) {
        struct instance *instance = host->instances->pdata[i];
        g_autoptr(GError) cause = NULL;
        if (!instance_start(instance, host, &cause))
            take_down(host, instance, cause->message);
    }
}

void host_stop(struct host *host)
{
    for (unsigned i = host->instances->len; i > 0; i--)
        instance_stop(host->instances->pdata[i - 1]);
}

void host_close(struct host *host)
{
    if (host == NULL)
        return;
    for (unsigned i = host->instances->len; i > 0; i--)
        instance_close(host->instances->pdata[i - 1]);
    g_ptr_array_unref(host->instances);
    g_ptr_array_unref(host->refusals);
    for (unsigned i = 0; i < host->modules->len; i++)
        descriptor_free(host->modules->pdata[i]);
    g_ptr_array_unref(host->modules);
    scratch_close(host->scratch);
    g_free(host->scanners);
    g_free(host);
}
