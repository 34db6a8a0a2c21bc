/* SPDX-License-Identifier: MIT */
/*
 * A plugin with nothing wrong: each file here includes it and breaks one thing.
 *
 *     static const struct assay_plugin plugin = {RIGHT_PLUGIN, .name = NULL};
 *     RIGHT_MODULE(plugin)
 */
#ifndef TESTS_PLUGINS_RIGHT_H
#define TESTS_PLUGINS_RIGHT_H

#include <assay/plugin.h>

#include <string.h>

/* What create() was given: these plugins have one instance a file. */
static const struct assay_host *host;

static inline int32_t right_create(const struct assay_host *given,
                                   const struct assay_create *create,
                                   void **inst, struct assay_buf *err)
{
    (void)create;
    (void)err;
    host = given;
    *inst = &host;
    return ASSAY_RC_OK;
}

static inline void right_destroy(void *inst)
{
    (void)inst;
}

static inline int32_t right_handle(void *inst, const struct assay_task *task)
{
    (void)inst;
    (void)task;
    return ASSAY_RC_OK;
}

static inline struct assay_str right_str(const char *text)
{
    struct assay_str s = {text, strlen(text)};
    return s;
}

/* Reports an INFO finding about the task's object. */
static inline int32_t right_report(const struct assay_task *task,
                                   const char *name, const char *text)
{
    struct assay_finding finding = {.struct_size = sizeof finding,
                                    .status = ASSAY_STATUS_FOUND,
                                    .kind = ASSAY_KIND_INFO,
                                    .rcpt = task->rcpt,
                                    .name = right_str(name),
                                    .text = right_str(text)};
    return host->report(task, task->object, &finding);
}

/* clang-format off */
#define RIGHT_PLUGIN                                                            \
    .struct_size = sizeof(struct assay_plugin),                                 \
    .id = "org.example.test",                                                   \
    .name = "a test",                                                           \
    .vendor = "example.org",                                                    \
    .version = "1.0",                                                           \
    .licence = "MIT",                                                           \
    .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_MESSAGE),                             \
    .flags_optional = ASSAY_FLAG_FORK_SHARED,                                   \
    .create = right_create,                                                     \
    .destroy = right_destroy,                                                   \
    .handle = right_handle

#define RIGHT_HEAD                                                              \
    .struct_size = sizeof(struct assay_module),                                 \
    .magic = ASSAY_MAGIC,                                                       \
    .abi_major = ASSAY_ABI_MAJOR,                                               \
    .abi_minor = ASSAY_ABI_MINOR,                                               \
    .plugin_count = 1

#define RIGHT_ENTRY(module)                                                     \
    const struct assay_module *assay_plugin_v1(void) { return &(module); }

#define RIGHT_MODULE(plugin)                                                    \
    static const struct assay_plugin *const all_plugins[] = {&(plugin)};        \
    static const struct assay_module module = {RIGHT_HEAD,                      \
                                               .plugins = all_plugins};         \
    RIGHT_ENTRY(module)
/* clang-format on */

#endif
