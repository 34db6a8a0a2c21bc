/* SPDX-License-Identifier: MIT */
#include "cli/conf_show.h"

#include "base/option.h"
#include "daemon/sections.h"

#include <string.h>

/* Would the text be read back as it is? */
static bool needs_quotes(const char *text)
{
    return text[0] == '\0' || strpbrk(text, "#,\"") != NULL ||
           g_ascii_isspace(text[0]) || g_ascii_isspace(text[strlen(text) - 1]);
}

static void append_item(GString *to, const struct assay_option *option,
                        const char *text)
{
    bool is_text =
        option->type == ASSAY_OPTION_TEXT || option->type == ASSAY_OPTION_PATH;
    if (!is_text) {
        g_autofree char *shown = option_value_show(option, text);
        g_string_append(to, shown);
    } else if (!needs_quotes(text)) {
        g_string_append(to, text);
    } else {
        g_string_append_c(to, '"');
        for (const char *p = text; *p != '\0'; p++) {
            if (*p == '"' || *p == '\\')
                g_string_append_c(to, '\\');
            g_string_append_c(to, *p);
        }
        g_string_append_c(to, '"');
    }
}

static const char *written_value(const struct conf_section *section,
                                 const char *key)
{
    for (unsigned i = 0; section != NULL && i < section->entries->len; i++) {
        const struct conf_entry *e = g_ptr_array_index(section->entries, i);
        if (strcmp(e->key, key) == 0)
            return e->value;
    }
    return NULL;
}

/* One section as it is shown. */
struct shown {
    const struct setup *setup;
    const struct conf_section *section; /* NULL: all defaults */
    const struct option_set *set;
    bool only_set; /* what is not set here is inherited, not default */
};

static void append_option(GString *to, const struct shown *shown,
                          const struct assay_option *option)
{
    unsigned line = option_line(shown->set, option->name);
    unsigned n = option_count(shown->set, option->name);
    if (line == 0 && shown->only_set)
        return;
    size_t begin = to->len;
    const char *written = written_value(shown->section, option->name);
    /* An option without a value cannot be written down. */
    if (n == 0 && line == 0) {
        g_string_append_printf(to, "# %s is not set\n", option->name);
        return;
    }
    g_string_append_printf(to, "%s = ", option->name);
    if (option->type == ASSAY_OPTION_SECRET && written != NULL) {
        g_string_append(to, written);
    } else {
        for (unsigned i = 0; i < n; i++) {
            if (i > 0)
                g_string_append(to, ", ");
            append_item(to, option, option_text(shown->set, option->name, i));
        }
    }
    for (size_t width = to->len - begin; width < 40; width++)
        g_string_append_c(to, ' ');
    if (line != 0)
        g_string_append_printf(to, "  # %s:%u\n", shown->setup->conf->path,
                               line);
    else
        g_string_append(to, "  # default\n");
}

static void append_table(GString *to, const struct shown *shown,
                         const struct assay_option *const *table)
{
    for (; table != NULL && *table != NULL; table++)
        append_option(to, shown, *table);
}

/* Sections were checked when the setup was opened: they read again. */
static void append_core(GString *to, const struct setup *setup,
                        const struct conf_section *section, const char *kind,
                        const struct assay_option *const *table)
{
    struct option_set *set = NULL;
    if (!option_set_new(table, setup->conf, section, NULL, &set, NULL))
        return;
    const struct shown shown = {
        .setup = setup,
        .section = section,
        .set = set,
        .only_set = section != NULL && section->name != NULL,
    };
    g_string_append_printf(to, "\n[%s", kind);
    if (shown.only_set)
        g_string_append_printf(to, " %s", section->name);
    g_string_append(to, "]\n");
    append_table(to, &shown, table);
    option_set_free(set);
}

static void append_named(GString *to, const struct setup *setup,
                         const char *kind,
                         const struct assay_option *const *table)
{
    for (unsigned i = 0; i < setup->conf->sections->len; i++) {
        const struct conf_section *s =
            g_ptr_array_index(setup->conf->sections, i);
        if (strcmp(s->kind, kind) == 0 && s->name != NULL)
            append_core(to, setup, s, kind, table);
    }
}

static void append_host_section(GString *to, const struct shown *shown,
                                const struct instance *instance)
{
    g_string_append_printf(to, "\n[plugin %s]\n", instance->name);
    for (unsigned i = 0;
         shown->section != NULL && i < shown->section->entries->len; i++) {
        const struct conf_entry *e =
            g_ptr_array_index(shown->section->entries, i);
        for (size_t o = 0; host_section_options[o] != NULL; o++)
            if (strcmp(e->key, host_section_options[o]->name) == 0)
                g_string_append_printf(to, "%s = %s  # %s:%u\n", e->key, e->raw,
                                       shown->setup->conf->path, e->line);
    }
    if (shown->section == NULL)
        g_string_append_printf(to, "file = %s  # command line\n",
                               instance->path);
}

static void append_instance(GString *to, const struct setup *setup,
                            const struct instance *instance)
{
    const struct shown shown = {
        .setup = setup,
        .section = instance->section,
        .set = instance->options,
    };
    append_host_section(to, &shown, instance);
    append_table(to, &shown, instance->plugin->options);
}

void conf_show(const struct setup *setup, GString *to)
{
    const struct conf *conf = setup->conf;
    g_string_append_printf(to, "# In force by %s\n", conf->path);
    for (const struct section_kind *k = section_kinds; k->kind != NULL; k++) {
        if (k->is_single)
            append_core(to, setup, conf_find(conf, k->kind, NULL), k->kind,
                        k->table);
        if (k->is_named && k->table != host_section_options)
            append_named(to, setup, k->kind, k->table);
    }
    for (unsigned i = 0; i < setup->host->instances->len; i++)
        append_instance(to, setup,
                        g_ptr_array_index(setup->host->instances, i));
}
