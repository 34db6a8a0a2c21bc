/* SPDX-License-Identifier: MIT */
/*
 * The attachment plugin: blocks files by name, extension, type, content, size and
 * direction, by lists that ship as data.  See README.md.
 */
#include "attachment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void free_self(struct attachment *self)
{
    rules_clear(&self->rules);
    if (self->rules.locale != (locale_t)0)
        freelocale(self->rules.locale);
    free(self);
}

static int32_t create(const struct assay_host *host,
                      const struct assay_create *create, void **inst,
                      struct assay_buf *err)
{
    struct attachment *self = calloc(1, sizeof(*self));
    char why[RULES_ERROR] = "";

    if (self == NULL)
        return ASSAY_RC_NOMEM;
    self->host = host;
    self->rules.locale = fold_open();
    if (self->rules.locale == (locale_t)0) {
        snprintf(err->p, err->cap,
                 "libc has no locale C.UTF-8, which holds Unicode's cases; "
                 "install glibc 2.35 or later");
        free_self(self);
        return ASSAY_RC_NOTSUP;
    }
    if (!attachment_configure(self, create->options, why)) {
        snprintf(err->p, err->cap, "%s", why);
        free_self(self);
        return ASSAY_RC_DATABASE;
    }
    *inst = self;
    return ASSAY_RC_OK;
}

static void destroy(void *inst)
{
    free_self(inst);
}

static int32_t handle(void *inst, const struct assay_task *task)
{
    switch (task->stage) {
    case ASSAY_STAGE_OBJECT:
        return attachment_object(inst, task);
    case ASSAY_STAGE_MESSAGE:
        return attachment_message(inst, task);
    default:
        return ASSAY_RC_NOT_APPLICABLE;
    }
}

static int32_t stamp(void *inst, struct assay_stamp *out)
{
    const struct attachment *self = inst;

    snprintf(out->engine, sizeof(out->engine), "1");
    snprintf(out->database, sizeof(out->database), "%016llx",
             (unsigned long long)self->rules.hash);
    out->signatures = self->rules.entries;
    return ASSAY_RC_OK;
}

/* The names that must not get past, and those that must. */
static int32_t self_test(void *inst, struct assay_buf *err)
{
    static const struct {
        const char *name;
        const char *ext;
    } cases[] = {{"a.EXE", "exe"},
                 {"a.exe . ", "exe"},
                 {"a\xE2\x80\xAE"
                  "fdp.exe",
                  "exe"},
                 {"a\xEF\xBC\x8E\xEF\xBC\xA5xe", "exe"},
                 {"a.exe.pdf", "pdf"}};
    const struct attachment *self = inst;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct name name;
        struct name_ext ext = {0};
        name_read(&name, self->rules.locale, cases[i].name,
                  strlen(cases[i].name));
        if (!name_next_ext(&name, &ext) || ext.n != strlen(cases[i].ext) ||
            memcmp(ext.p, cases[i].ext, ext.n) != 0) {
            snprintf(err->p, err->cap, "case %zu is not read as .%s", i,
                     cases[i].ext);
            return ASSAY_RC_INTERNAL;
        }
    }
    return ASSAY_RC_OK;
}

static const struct assay_wants wants = {.struct_size = sizeof(wants),
                                         .flags = ASSAY_WANTS_EMPTY};

static const struct assay_plugin plugin = {
    .struct_size = sizeof(plugin),
    .id = "org.assay.attachment",
    .name = "Attachment policy",
    .vendor = "Assay",
    .version = "1",
    .licence = "MIT",
    .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_OBJECT) |
              ASSAY_STAGE_BIT(ASSAY_STAGE_MESSAGE),
    .flags_optional = ASSAY_FLAG_FORK_SHARED,
    .wants = &wants,
    .options = attachment_options,
    .create = create,
    .destroy = destroy,
    .handle = handle,
    .stamp = stamp,
    .self_test = self_test,
};

static const struct assay_plugin *const plugins[] = {&plugin};

static const struct assay_module module = {
    .struct_size = sizeof(module),
    .magic = ASSAY_MAGIC,
    .abi_major = ASSAY_ABI_MAJOR,
    .abi_minor = ASSAY_ABI_MINOR,
    .plugin_count = 1,
    .plugins = plugins,
};

const struct assay_module *assay_plugin_v1(void)
{
    return &module;
}
