/* SPDX-License-Identifier: MIT */
#include "host/card.h"

#include "host/check.h"

static char **dup_list(const char *const *list)
{
    GStrvBuilder *builder = g_strv_builder_new();
    for (; list != NULL && *list != NULL; list++)
        g_strv_builder_add(builder, *list);
    char **copy = g_strv_builder_end(builder);
    g_strv_builder_unref(builder);
    return copy;
}

static void take_wants(struct card *card, const struct assay_wants *wants)
{
    card->has_wants = wants != NULL;
    if (wants == NULL)
        return;
    card->wants_flags = wants->flags;
    card->min_size = wants->min_size;
    card->max_size = wants->max_size;
    card->types = wants->types != NULL ? dup_list(wants->types) : NULL;
}

struct card *card_of(const struct instance *instance)
{
    const struct assay_plugin *plugin = instance->plugin;
    struct card *card = g_new0(struct card, 1);
    card->name = instance->name;
    card->class_name = instance->class_name;
    card->path = g_strdup(instance->path);
    card->is_optional = instance->is_optional;
    card->id = g_strdup(plugin->id);
    card->title = g_strdup(plugin->name);
    card->vendor = g_strdup(plugin->vendor);
    card->version = g_strdup(plugin->version);
    card->licence = g_strdup(plugin->licence);
    card->abi_major = instance->module->abi_major;
    card->abi_minor = instance->module->abi_minor;
    card->min_stack_kib = plugin->min_stack_kib;
    card->stages = plugin->stages;
    card->flags = instance->scanner.flags;
    take_wants(card, plugin->wants);
    card->reads = plugin->reads != NULL ? dup_list(plugin->reads) : NULL;
    card->provides =
        plugin->provides != NULL ? dup_list(plugin->provides) : NULL;
    card->has_stamp = instance->has_stamp;
    card->stamp = instance->stamp;
    return card;
}

void card_free(struct card *card)
{
    if (card == NULL)
        return;
    g_free(card->path);
    g_free(card->id);
    g_free(card->title);
    g_free(card->vendor);
    g_free(card->version);
    g_free(card->licence);
    g_strfreev(card->types);
    g_strfreev(card->reads);
    g_strfreev(card->provides);
    g_free(card);
}

/* --- is it what a descriptor may say? --------------------------------------------- */

static int32_t no_create(const struct assay_host *host,
                         const struct assay_create *create, void **inst,
                         struct assay_buf *err)
{
    (void)host;
    (void)create;
    (void)inst;
    (void)err;
    return ASSAY_RC_STATE;
}

static void no_destroy(void *inst)
{
    (void)inst;
}

static int32_t no_handle(void *inst, const struct assay_task *task)
{
    (void)inst;
    (void)task;
    return ASSAY_RC_STATE;
}

static int32_t no_stamp(void *inst, struct assay_stamp *out)
{
    (void)inst;
    (void)out;
    return ASSAY_RC_STATE;
}

bool card_is_sane(const struct card *card)
{
    const struct assay_wants wants = {
        .struct_size = sizeof wants,
        .flags = card->wants_flags,
        .min_size = card->min_size,
        .max_size = card->max_size,
        .types = (const char *const *)card->types,
    };
    struct assay_plugin plugin = {
        .struct_size = sizeof plugin,
        .min_stack_kib = card->min_stack_kib,
        .id = card->id,
        .name = card->title,
        .vendor = card->vendor,
        .version = card->version,
        .licence = card->licence,
        .stages = card->stages,
        .flags_required = card->flags,
        .wants = &wants,
        .reads = (const char *const *)card->reads,
        .provides = (const char *const *)card->provides,
        .create = no_create,
        .destroy = no_destroy,
        .handle = no_handle,
        .stamp = card->has_stamp ? no_stamp : NULL,
    };
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
    return (card->has_wants || (card->wants_flags == 0 && card->min_size == 0 &&
                                card->max_size == 0 && card->types == NULL)) &&
           check_plugin(&plugin, parts, NULL);
}

void card_scanner(const struct card *card, struct scanner *out)
{
    *out = (struct scanner){
        .name = card->name,
        .stages = card->stages,
        .flags = card->flags,
        .wants_flags = card->wants_flags,
        .min_size = card->min_size,
        .max_size = card->max_size,
        .types = (const char *const *)card->types,
        .reads = (const char *const *)card->reads,
        .provides = (const char *const *)card->provides,
    };
}

void refusal_free(struct refusal *refusal)
{
    if (refusal == NULL)
        return;
    g_free(refusal->name);
    g_free(refusal->text);
    g_free(refusal);
}
