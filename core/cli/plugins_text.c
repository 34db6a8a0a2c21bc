/* SPDX-License-Identifier: MIT */
#include "base/escape.h"
#include "cli/plugins_view.h"
#include "cli/plugins_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DAY_S INT64_C(86400)

/* A vendor's words are shown as carefully as mail's. */
static void append_safe(GString *to, const char *text)
{
    escape_text(to, text, strlen(text), 200);
}

static void append_label(GString *to, const char *label)
{
    g_string_append_printf(to, "    %-11s ", label);
}

static void append_words(GString *to, const char *label, uint64_t bits,
                         const struct word *words)
{
    const char *before = "";
    append_label(to, label);
    for (; words->name != NULL; words++)
        if ((bits & words->bit) != 0) {
            g_string_append_printf(to, "%s%s", before, words->name);
            before = ", ";
        }
    g_string_append(to, *before == '\0' ? "none\n" : "\n");
}

static void append_names(GString *to, const char *label,
                         const char *const *names)
{
    if (names == NULL || names[0] == NULL)
        return;
    append_label(to, label);
    for (size_t i = 0; names[i] != NULL; i++) {
        if (i > 0)
            g_string_append(to, ", ");
        append_safe(to, names[i]);
    }
    g_string_append_c(to, '\n');
}

static void append_stamp(GString *to, const struct instance *instance,
                         int64_t now_s)
{
    const struct assay_stamp *stamp = &instance->stamp;
    if (!instance->has_stamp)
        return;
    append_label(to, "signatures");
    append_safe(to, stamp->database[0] != '\0' ? stamp->database : "none");
    if (stamp->signatures > 0)
        g_string_append_printf(to, ", %" PRIu64 " of them", stamp->signatures);
    if (stamp->database_time > 0 && now_s >= stamp->database_time)
        g_string_append_printf(to, ", %" PRId64 " days old",
                               (now_s - stamp->database_time) / DAY_S);
    if (stamp->engine[0] != '\0') {
        g_string_append(to, ", engine ");
        append_safe(to, stamp->engine);
    }
    g_string_append_c(to, '\n');
}

static void append_wants(GString *to, const struct assay_plugin *plugin)
{
    const struct assay_wants *wants = plugin->wants;
    if ((plugin->stages & ASSAY_STAGE_BIT(ASSAY_STAGE_OBJECT)) == 0)
        return;
    append_label(to, "wants");
    uint32_t flags = wants != NULL ? wants->flags : 0;
    uint32_t shape = flags & (ASSAY_WANTS_LEAF | ASSAY_WANTS_CONTAINER);
    g_string_append(to, shape == ASSAY_WANTS_LEAF        ? "leaf objects"
                        : shape == ASSAY_WANTS_CONTAINER ? "containers"
                                                         : "all objects");
    if ((flags & ASSAY_WANTS_MESSAGE) != 0)
        g_string_append(to, ", the raw message");
    if ((flags & ASSAY_WANTS_EMPTY) != 0)
        g_string_append(to, ", empty ones");
    if (wants != NULL && wants->min_size > 0)
        g_string_append_printf(to, ", from %" PRIu64 " bytes", wants->min_size);
    if (wants != NULL && wants->max_size > 0)
        g_string_append_printf(to, ", up to %" PRIu64 " bytes",
                               wants->max_size);
    g_string_append_c(to, '\n');
    if (wants != NULL)
        append_names(to, "types", wants->types);
}

static void append_options(GString *to, const struct assay_plugin *plugin)
{
    if (plugin->options == NULL || plugin->options[0] == NULL)
        return;
    append_label(to, "options");
    for (size_t i = 0; plugin->options[i] != NULL; i++)
        g_string_append_printf(to, "%s%s", i > 0 ? ", " : "",
                               plugin->options[i]->name);
    g_string_append_c(to, '\n');
}

void plugins_view_text(const struct instance *instance,
                       const struct plugin_test *test, int64_t now_s,
                       GString *to)
{
    const struct assay_plugin *plugin = instance->plugin;
    g_string_append_printf(to, "%s: ", instance->name);
    append_safe(to, plugin->name);
    g_string_append_c(to, ' ');
    append_safe(to, plugin->version);
    g_string_append(to, ", by ");
    append_safe(to, plugin->vendor);
    g_string_append(to, ", ");
    append_safe(to, plugin->licence);
    g_string_append_printf(to, ", ABI %u.%u%s\n", instance->module->abi_major,
                           instance->module->abi_minor,
                           instance->is_optional ? ", optional" : "");
    append_label(to, "id");
    append_safe(to, plugin->id);
    g_string_append_c(to, '\n');
    append_label(to, "file");
    append_safe(to, instance->path);
    g_string_append_c(to, '\n');
    append_label(to, "class");
    append_safe(to, instance->class_name);
    g_string_append_c(to, '\n');
    append_stamp(to, instance, now_s);
    append_words(to, "asked at", plugin->stages, words_stages);
    append_wants(to, plugin);
    append_names(to, "reads", plugin->reads);
    append_names(to, "provides", plugin->provides);
    append_words(to, "flags", plugin->flags_required | plugin->flags_optional,
                 words_flags);
    append_options(to, plugin);
    if (!test->was_run)
        return;
    append_label(to, "self-test");
    append_safe(to, test->is_passed ? "passed" : test->text);
    g_string_append_c(to, '\n');
}

void plugins_view_refusal_text(const struct refusal *refusal, GString *to)
{
    append_safe(to, refusal->name);
    g_string_append(to, refusal->is_optional ? ": REFUSED (optional)\n    "
                                             : ": REFUSED\n    ");
    escape_text(to, refusal->text, strlen(refusal->text), 0);
    g_string_append_c(to, '\n');
}
