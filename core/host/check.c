/* SPDX-License-Identifier: MIT */
#include "host/check.h"

#include "base/error.h"
#include "host/sized.h"

#include <inttypes.h>
#include <string.h>

enum {
    PLUGINS_MAX = 64
};

bool check_wrong(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, BASE_ERROR, BASE_ERROR_PLUGIN, text);
    return false;
}

static bool check_ids(const GPtrArray *plugins, GError **error)
{
    for (unsigned i = 0; i < plugins->len; i++) {
        const struct assay_plugin *one = plugins->pdata[i];
        for (unsigned k = i + 1; k < plugins->len; k++) {
            const struct assay_plugin *other = plugins->pdata[k];
            if (strcmp(one->id, other->id) == 0)
                return check_wrong(
                    error, "two of its plugins have the id \"%s\"", one->id);
        }
    }
    return true;
}

static bool check_head(const struct assay_module *from,
                       struct assay_module *module, GError **error)
{
    /* The magic first: where it is missing nothing else means anything. */
    if (from->magic != ASSAY_MAGIC)
        return check_wrong(error,
                           "assay_plugin_v1() gave magic 0x%08" PRIx32
                           ", not ASSAY_MAGIC: this is no Assay plugin",
                           from->magic);
    if (from->abi_major != ASSAY_ABI_MAJOR)
        return check_wrong(
            error,
            "it is built for ABI %u.%u, this host speaks %d.%d: get a "
            "build for ABI %d",
            from->abi_major, from->abi_minor, ASSAY_ABI_MAJOR, ASSAY_ABI_MINOR,
            ASSAY_ABI_MAJOR);
    if (!sized_copy(module, sizeof *module, from, SIZED_MODULE))
        return check_wrong(
            error,
            "its module has struct_size %" PRIu32
            ", not from %d to %u: the vendor must set it to sizeof",
            from->struct_size, SIZED_MODULE, SIZED_MAX);
    if (module->reserved0 != 0 || module->reserved1 != 0)
        return check_wrong(error, "its module's reserved fields are not zero");
    if (module->min_host_minor > ASSAY_ABI_MINOR)
        return check_wrong(
            error,
            "it needs a host with ABI %d.%u, this one has %d.%d: update "
            "Assay",
            ASSAY_ABI_MAJOR, module->min_host_minor, ASSAY_ABI_MAJOR,
            ASSAY_ABI_MINOR);
    if (module->plugin_count == 0 || module->plugin_count > PLUGINS_MAX)
        return check_wrong(error,
                           "it says that it holds %" PRIu32
                           " plugins, not from 1 to %d",
                           module->plugin_count, PLUGINS_MAX);
    if (module->plugins == NULL)
        return check_wrong(error, "its list of plugins is NULL");
    return true;
}

static bool check_all(struct descriptor *d, GError **error)
{
    for (uint32_t i = 0; i < d->module.plugin_count; i++) {
        const struct assay_plugin *from = d->module.plugins[i];
        if (from == NULL)
            return check_wrong(error, "plugin %" PRIu32 " of its list is NULL",
                               i);
        struct assay_plugin *to = g_new0(struct assay_plugin, 1);
        g_ptr_array_add(d->plugins, to);
        if (!sized_copy(to, sizeof *to, from, SIZED_PLUGIN))
            return check_wrong(
                error,
                "plugin %" PRIu32 " of its list has struct_size %" PRIu32
                ", not from %d to %u: the vendor must set it to sizeof",
                i, from->struct_size, SIZED_PLUGIN, SIZED_MAX);
        if (!check_plugin(to, d->parts, error))
            return false;
    }
    d->module.plugins = (const struct assay_plugin *const *)d->plugins->pdata;
    return check_ids(d->plugins, error);
}

bool check_module(const struct assay_module *from, struct descriptor **out,
                  GError **error)
{
    if (from == NULL)
        return check_wrong(error, "assay_plugin_v1() gave NULL");
    struct assay_module module;
    if (!check_head(from, &module, error))
        return false;
    struct descriptor *d = g_new0(struct descriptor, 1);
    d->module = module;
    d->plugins = g_ptr_array_new_with_free_func(g_free);
    d->parts = g_ptr_array_new_with_free_func(g_free);
    if (!check_all(d, error)) {
        descriptor_free(d);
        return false;
    }
    *out = d;
    return true;
}

void descriptor_free(struct descriptor *descriptor)
{
    if (descriptor == NULL)
        return;
    g_ptr_array_unref(descriptor->parts);
    g_ptr_array_unref(descriptor->plugins);
    g_free(descriptor);
}
