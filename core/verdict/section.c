/* SPDX-License-Identifier: MIT */
#include "verdict/section.h"

#include "base/error.h"

#include <string.h>

bool section_refuse(const struct section *section, const char *key,
                    const char *what, GError **error)
{
    unsigned line =
        key != NULL ? option_line(section->set, key) : section->in_file->line;
    g_set_error(error, BASE_ERROR, BASE_ERROR_CONF, "%s:%u: [%s]%s%s%s",
                section->conf->path, line, section->in_file->label,
                key != NULL ? " " : "", key != NULL ? key : "", what);
    return false;
}

bool section_has(const struct section *section, const char *key)
{
    return option_line(section->set, key) > 0;
}

char *section_line(const struct section *section, const char *label,
                   const char *key)
{
    const char *value = option_text(section->set, key, 0);
    if (!section_has(section, key))
        return g_strdup_printf("default: [%s] %s = %s", label, key, value);
    return g_strdup_printf("%s:%u: [%s] %s = %s", section->conf->path,
                           option_line(section->set, key),
                           section->in_file->label, key, value);
}

void section_threshold(const struct section *section, const char *key,
                       struct setting *out)
{
    g_free(out->line);
    out->line = section_line(section, "verdict", key);
    out->value = (uint32_t)option_int(section->set, key);
}

void section_action(const struct section *section, const char *label,
                    const char *key, struct setting *out)
{
    const char *text = option_text(section->set, key, 0);
    g_free(out->line);
    out->line = section_line(section, label, key);
    out->value = strcmp(text, "advice") == 0 ? ACTION_ADVICE
                                             : verdict_action_by_name(text);
}

GPtrArray *section_texts(const struct section *section, const char *key)
{
    unsigned n = option_count(section->set, key);
    if (n == 0)
        return NULL;
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = 0; i < n; i++)
        g_ptr_array_add(texts, g_strdup(option_text(section->set, key, i)));
    return texts;
}

bool section_names_plugin(const struct section *section, const char *name)
{
    return section->conf == NULL ||
           conf_find(section->conf, "plugin", name) != NULL;
}
