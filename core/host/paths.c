/* SPDX-License-Identifier: MIT */
#include "host/paths.h"

#include "host/instance.h"
#include "host/scratch.h"

#include <unistd.h>

static void add_options(const struct instance *instance, GPtrArray *to)
{
    const struct assay_option *const *table = instance->plugin->options;
    for (size_t i = 0; table != NULL && table[i] != NULL; i++) {
        if (table[i]->type != ASSAY_OPTION_PATH)
            continue;
        unsigned n = option_count(instance->options, table[i]->name);
        for (unsigned k = 0; k < n; k++) {
            const char *path =
                option_text(instance->options, table[i]->name, k);
            if (path != NULL)
                g_ptr_array_add(to, g_strdup(path));
        }
    }
}

void paths_read(const struct host *host, GPtrArray *to)
{
    for (unsigned i = 0; i < host->instances->len; i++) {
        const struct instance *instance = host->instances->pdata[i];
        g_ptr_array_add(to, g_strdup(instance->path));
        add_options(instance, to);
    }
}

bool paths_write(struct host *host, GPtrArray *to, GError **error)
{
    for (unsigned i = 0; i < host->instances->len; i++) {
        const struct instance *instance = host->instances->pdata[i];
        if ((instance->scanner.flags & ASSAY_FLAG_STATE) != 0 &&
            instance->state_dir != NULL &&
            access(instance->state_dir, F_OK) == 0)
            g_ptr_array_add(to, g_strdup(instance->state_dir));
        char *folders[INSTANCE_FOLDERS] = {NULL};
        if (!instance_folders(instance, host, folders, error))
            return false;
        for (unsigned k = 0; k < INSTANCE_FOLDERS; k++)
            if (folders[k] != NULL)
                g_ptr_array_add(to, folders[k]);
    }
    return true;
}

void paths_sweep(const struct host *host, pid_t pid)
{
    if (host->scratch == NULL)
        return;
    for (unsigned i = 0; i < host->instances->len; i++)
        instance_sweep(host->instances->pdata[i], host, pid);
}
