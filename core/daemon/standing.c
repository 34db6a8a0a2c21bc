/* SPDX-License-Identifier: MIT */
#include "daemon/standing.h"

#include <glib.h>

static const char out_text[] =
    "it failed too often and is left out; every message has a finding \"failed\" "
    "in its name: see the log for why, and assay status for when it is tried again";

/* Names of alarms that are raised now. */
struct look {
    struct alarms *alarms;
    GPtrArray *plugins;
    GPtrArray *signatures;
};

static void raise_for(const struct look *look, GPtrArray *names,
                      const char *prefix, const char *name, const char *text)
{
    char *alarm = g_strconcat(prefix, name, NULL);
    g_ptr_array_add(names, alarm);
    alarm_raise(look->alarms, alarm, text);
}

static void look_at(void *self, const struct pool_plugin *plugin)
{
    const struct look *look = self;
    if (plugin->breaker != BREAKER_CLOSED)
        raise_for(look, look->plugins, "plugin.", plugin->name, out_text);
    if (plugin->doubt != NULL)
        raise_for(look, look->signatures, "signatures.", plugin->name,
                  plugin->doubt);
}

static void clear_others(const struct look *look, GPtrArray *names,
                         const char *prefix)
{
    g_ptr_array_add(names, NULL);
    alarm_clear_others(look->alarms, prefix, (const char *const *)names->pdata);
}

void standing_look(const struct pool *pool, struct alarms *alarms)
{
    g_autoptr(GPtrArray) plugins = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) signatures = g_ptr_array_new_with_free_func(g_free);
    struct look look = {alarms, plugins, signatures};
    pool_each_plugin(pool, look_at, &look);
    clear_others(&look, plugins, "plugin.");
    clear_others(&look, signatures, "signatures.");
}
