/* SPDX-License-Identifier: MIT */
#include "base/option.h"
#include "cli/conf_show.h"
#include "daemon/sections.h"
#include "verdict/scl.h"

#include <string.h>

static void append_title(GString *to, enum conf_docs_form form,
                         const char *title, const char *intro)
{
    switch (form) {
    case CONF_DOCS_TEXT:
        g_string_append_printf(to, "\n[%s]\n%s\n\n", title, intro);
        break;
    case CONF_DOCS_MDOC:
        g_string_append_printf(to, ".Ss Section %s\n%s\n", title, intro);
        break;
    case CONF_DOCS_MARKDOWN:
        g_string_append_printf(to, "\n### [%s]\n\n%s\n\n", title, intro);
        break;
    }
}

static void append_options(GString *to, enum conf_docs_form form,
                           const struct assay_option *const *table)
{
    if (table == NULL || table[0] == NULL) {
        g_string_append(to, "It has no options of its own.\n");
        return;
    }
    switch (form) {
    case CONF_DOCS_TEXT:
        option_docs(to, table);
        break;
    case CONF_DOCS_MDOC:
        option_docs_mdoc(to, table);
        break;
    case CONF_DOCS_MARKDOWN:
        option_docs_markdown(to, table);
        break;
    }
}

/* The interface's table from probability to SCL: verdict/scl.h. */
static void append_scl(GString *to, enum conf_docs_form form)
{
    bool is_mdoc = form == CONF_DOCS_MDOC;
    g_string_append(to, is_mdoc ? ".Pp\n" : "\n");
    g_string_append(to, "From what probability of spam on a message has which "
                        "SCL:\n");
    g_string_append(to, is_mdoc ? ".Bd -literal -offset indent\n" : "\n");
    for (int scl = 0; scl <= SCL_MAX; scl++)
        g_string_append_printf(to, "%sSCL %d from %.4g\n",
                               is_mdoc ? "" : "    ", scl, scl_floor(scl));
    if (is_mdoc)
        g_string_append(to, ".Ed\n");
}

static bool is_shown_before(const struct host *host, unsigned index)
{
    const struct instance *one = g_ptr_array_index(host->instances, index);
    for (unsigned i = 0; i < index; i++) {
        const struct instance *other = g_ptr_array_index(host->instances, i);
        if (strcmp(other->plugin->id, one->plugin->id) == 0)
            return true;
    }
    return false;
}

static int by_name(const void *a, const void *b)
{
    const struct instance *const *x = a;
    const struct instance *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

static void append_plugins(GString *to, enum conf_docs_form form,
                           const struct host *host)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    for (unsigned i = 0; i < host->instances->len; i++)
        if (!is_shown_before(host, i))
            g_ptr_array_add(sorted, g_ptr_array_index(host->instances, i));
    g_ptr_array_sort(sorted, by_name);
    for (unsigned i = 0; i < sorted->len; i++) {
        const struct instance *instance = g_ptr_array_index(sorted, i);
        const struct assay_plugin *plugin = instance->plugin;
        g_autofree char *title = g_strdup_printf("plugin %s", instance->name);
        g_autofree char *intro = g_strdup_printf(
            "%s, by %s (%s).", plugin->name, plugin->vendor, plugin->id);
        append_title(to, form, title, intro);
        append_options(to, form, plugin->options);
    }
}

void conf_docs(const struct setup *setup, enum conf_docs_form form, GString *to)
{
    for (const struct section_kind *k = section_kinds; k->kind != NULL; k++) {
        g_autofree char *title =
            g_strconcat(k->kind, k->is_single ? "" : " NAME", NULL);
        append_title(to, form, title, k->intro);
        append_options(to, form, k->table);
        if (k->table == verdict_options)
            append_scl(to, form);
    }
    append_plugins(to, form, setup->host);
}
