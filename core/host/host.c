/* SPDX-License-Identifier: MIT */
#include "host/host.h"

#include "base/error.h"
#include "host/card.h"
#include "host/check.h"
#include "host/class.h"
#include "host/files.h"
#include "host/instance.h"
#include "host/net.h"
#include "host/probe.h"
#include "host/scratch.h"
#include "host/section.h"

#include <string.h>

/* --- refusals ------------------------------------------------------------------- */

static void free_refusal(void *p)
{
    refusal_free(p);
}

/* `like`: name, class_name and is_optional are its. */
static void refuse(struct host *host, const struct wanted *like,
                   const char *text)
{
    struct refusal *refusal = g_new0(struct refusal, 1);
    refusal->name = g_strdup(like->name);
    refusal->class_name = like->class_name;
    refusal->text = g_strdup(text);
    refusal->is_optional = like->is_optional;
    g_ptr_array_add(host->refusals, refusal);
}

static void refuse_instance(struct host *host, const struct instance *instance,
                            const char *text)
{
    const struct wanted like = {.name = instance->name,
                                .class_name = instance->class_name,
                                .is_optional = instance->is_optional};
    refuse(host, &like, text);
}

/* --- instances ------------------------------------------------------------------ */

static void free_instance(void *p)
{
    instance_free(p);
}

static bool add_instance(struct host *host, const struct conf *conf,
                         const struct found *found, GError **error)
{
    const struct wanted *wanted = found->wanted;
    struct option_set *options = NULL;
    if (!option_set_new(found->plugin->options, conf, wanted->section,
                        host_section_keys, &options, error))
        return false;
    struct instance *instance = g_new0(struct instance, 1);
    instance->name = found->name;
    instance->path = g_strdup(wanted->path);
    instance->module = &found->descriptor->module;
    instance->plugin = found->plugin;
    instance->options = options;
    instance->section = wanted->section;
    instance->is_optional = wanted->is_optional;
    instance->class_name = wanted->class_name;
    instance->state_dir = g_intern_string(wanted->state_dir);
    instance_init(instance);
    g_ptr_array_add(host->instances, instance);
    return true;
}

/* Workers of "main" run scans, without a network. */
static bool fits_class(const struct found *found, GError **error)
{
    const struct assay_plugin *plugin = found->plugin;
    uint64_t flags = plugin->flags_required | plugin->flags_optional;
    if ((flags & ASSAY_FLAG_NETWORK) == 0 ||
        strcmp(found->wanted->class_name, CLASS_MAIN) != 0)
        return true;
    g_set_error(error, BASE_ERROR, BASE_ERROR_PLUGIN,
                "%s: %s: it says ASSAY_FLAG_NETWORK, and no plugin of class "
                "main has a network: write \"class = %s\" in its section",
                found->wanted->path, plugin->id, found->wanted->name);
    return false;
}

/* One plugin of a file becomes an instance, or a refusal. */
static bool take(struct host *host, const struct conf *conf,
                 const struct found *found, GError **error)
{
    g_autoptr(GError) cause = NULL;
    if (fits_class(found, &cause))
        return add_instance(host, conf, found, error);
    refuse(host, found->wanted, cause->message);
    return true;
}

/* Loads what is wanted; what cannot be loaded is refused, but a wrong setting is an
 * error. */
static bool load_all(struct host *host, const struct host_how *how,
                     const GPtrArray *all, GError **error)
{
    struct files *files =
        files_open(all, how->probe_timeout_ms != 0 ? how->probe_timeout_ms
                                                   : PROBE_TIMEOUT_MS);
    bool is_good = true;
    for (unsigned i = 0; is_good && i < all->len; i++) {
        const struct wanted *wanted = all->pdata[i];
        g_autoptr(GError) cause = NULL;
        g_autoptr(GArray) found = NULL;
        if (!files_find(files, wanted, host->modules, &found, &cause)) {
            refuse(host, wanted, cause->message);
            continue;
        }
        for (unsigned k = 0; is_good && k < found->len; k++)
            is_good = take(host, how->conf,
                           &g_array_index(found, struct found, k), error);
    }
    files_free(files);
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
        refuse_instance(host, instance, text);
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

bool host_order(const struct host_how *how, const struct scanner **scanners,
                size_t n, GError **error)
{
    return section_sort(how, scanners, n, error) &&
           scan_order(scanners, n, error);
}

/* Instances and scanners in the order of facts. */
static bool order(struct host *host, const struct host_how *how, GError **error)
{
    size_t own = host->instances->len;
    host->scanner_n = own + how->foreign_n;
    host->scanners = g_new0(const struct scanner *, host->scanner_n + 1);
    for (size_t i = 0; i < own; i++)
        host->scanners[i] =
            &((const struct instance *)host->instances->pdata[i])->scanner;
    for (size_t i = 0; i < how->foreign_n; i++)
        host->scanners[own + i] = how->foreign[i];
    if (!host_order(how, host->scanners, host->scanner_n, error))
        return false;
    g_ptr_array_sort_with_data(host->instances, by_place, host);
    return true;
}

/* Drops the sections of other classes. */
static void keep_class(GPtrArray *all, const char *class_name)
{
    for (unsigned i = all->len; class_name != NULL && i > 0; i--) {
        const struct wanted *wanted = all->pdata[i - 1];
        if (strcmp(wanted->class_name, class_name) != 0)
            g_ptr_array_remove_index(all, i - 1);
    }
}

bool host_open(const struct host_how *how, struct host **out, GError **error)
{
    g_autoptr(GPtrArray) wanted = NULL;
    if (!section_read_all(how, &wanted, error))
        return false;
    keep_class(wanted, how->class_name);
    struct host *host = g_new0(struct host, 1);
    host->instances = g_ptr_array_new_with_free_func(free_instance);
    host->refusals = g_ptr_array_new_with_free_func(free_refusal);
    host->net = net_new();
    host->modules = g_ptr_array_new();
    host->limits = *how->limits;
    host->is_check = how->is_check;
    /* All settings are proven before the first plugin loads anything big. */
    if (!load_all(host, how, wanted, error)) {
        host_close(host);
        return false;
    }
    create_all(host);
    if (!order(host, how, error)) {
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
    refuse_instance(host, instance, text);
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
    net_release(host);
}

void host_close(struct host *host)
{
    if (host == NULL)
        return;
    for (unsigned i = host->instances->len; i > 0; i--)
        instance_close(host->instances->pdata[i - 1]);
    g_ptr_array_unref(host->instances);
    g_ptr_array_unref(host->refusals);
    g_ptr_array_unref(host->net);
    for (unsigned i = 0; i < host->modules->len; i++)
        descriptor_free(host->modules->pdata[i]);
    g_ptr_array_unref(host->modules);
    scratch_close(host->scratch);
    g_free(host->scanners);
    g_free(host);
}
