/* SPDX-License-Identifier: MIT */
#include "cli/json.h"
#include "cli/plugins_view.h"
#include "cli/plugins_words.h"

#define DAY_S INT64_C(86400)

static void add_text(GString *to, const char *key, const char *text)
{
    json_key(to, key);
    json_text(to, text);
}

static void add_bool(GString *to, const char *key, bool value)
{
    json_key(to, key);
    g_string_append(to, value ? "true" : "false");
}

static void add_words(GString *to, const char *key, uint64_t bits,
                      const struct word *words)
{
    json_key(to, key);
    g_string_append_c(to, '[');
    for (; words->name != NULL; words++)
        if ((bits & words->bit) != 0) {
            json_comma(to);
            json_text(to, words->name);
        }
    g_string_append_c(to, ']');
}

static void add_names(GString *to, const char *key, const char *const *names)
{
    json_key(to, key);
    g_string_append_c(to, '[');
    for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
        json_comma(to);
        json_text(to, names[i]);
    }
    g_string_append_c(to, ']');
}

static void add_stamp(GString *to, const struct instance *instance,
                      int64_t now_s)
{
    const struct assay_stamp *stamp = &instance->stamp;
    json_key(to, "signatures");
    if (!instance->has_stamp) {
        g_string_append(to, "null");
        return;
    }
    g_string_append_c(to, '{');
    add_text(to, "engine", stamp->engine);
    add_text(to, "database", stamp->database);
    json_key(to, "time");
    json_int(to, stamp->database_time);
    json_key(to, "age_days");
    if (stamp->database_time > 0)
        json_int(to, (now_s - stamp->database_time) / DAY_S);
    else
        g_string_append(to, "null");
    json_key(to, "count");
    json_uint(to, stamp->signatures);
    g_string_append_c(to, '}');
}

static void add_wants(GString *to, const struct assay_wants *wants)
{
    json_key(to, "wants");
    if (wants == NULL) {
        g_string_append(to, "null");
        return;
    }
    g_string_append_c(to, '{');
    add_bool(to, "leaf", (wants->flags & ASSAY_WANTS_LEAF) != 0);
    add_bool(to, "container", (wants->flags & ASSAY_WANTS_CONTAINER) != 0);
    add_bool(to, "message", (wants->flags & ASSAY_WANTS_MESSAGE) != 0);
    add_bool(to, "empty", (wants->flags & ASSAY_WANTS_EMPTY) != 0);
    json_key(to, "min_size");
    json_uint(to, wants->min_size);
    json_key(to, "max_size");
    json_uint(to, wants->max_size);
    add_names(to, "types", wants->types);
    g_string_append_c(to, '}');
}

static void add_options(GString *to, const struct assay_plugin *plugin)
{
    json_key(to, "options");
    g_string_append_c(to, '[');
    for (size_t i = 0; plugin->options != NULL && plugin->options[i] != NULL;
         i++) {
        json_comma(to);
        json_text(to, plugin->options[i]->name);
    }
    g_string_append_c(to, ']');
}

void plugins_view_json(const struct instance *instance,
                       const struct plugin_test *test, int64_t now_s,
                       GString *to)
{
    const struct assay_plugin *plugin = instance->plugin;
    g_string_append_c(to, '{');
    add_text(to, "name", instance->name);
    add_text(to, "id", plugin->id);
    add_text(to, "title", plugin->name);
    add_text(to, "vendor", plugin->vendor);
    add_text(to, "version", plugin->version);
    add_text(to, "licence", plugin->licence);
    json_key(to, "abi");
    g_string_append_printf(to, "\"%u.%u\"", instance->module->abi_major,
                           instance->module->abi_minor);
    add_text(to, "file", instance->path);
    add_text(to, "class", instance->class_name);
    add_bool(to, "optional", instance->is_optional);
    add_text(to, "refused", NULL);
    add_stamp(to, instance, now_s);
    add_words(to, "stages", plugin->stages, words_stages);
    add_words(to, "flags", plugin->flags_required | plugin->flags_optional,
              words_flags);
    add_wants(to, plugin->wants);
    add_names(to, "reads", plugin->reads);
    add_names(to, "provides", plugin->provides);
    add_options(to, plugin);
    if (test->was_run)
        add_text(to, "self_test", test->is_passed ? "passed" : test->text);
    g_string_append(to, "}\n");
}

void plugins_view_refusal_json(const struct refusal *refusal, GString *to)
{
    g_string_append_c(to, '{');
    add_text(to, "name", refusal->name);
    add_text(to, "class", refusal->class_name);
    add_bool(to, "optional", refusal->is_optional);
    add_text(to, "refused", refusal->text);
    g_string_append(to, "}\n");
}
