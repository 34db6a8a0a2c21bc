/* SPDX-License-Identifier: MIT */
/*
 * The TNEF plugin: what Outlook packs into winmail.dat, as child objects.
 *
 *   stream    attributes and MAPI properties, checked, where they lie
 *   rtf       compressed RTF bodies
 *   winmail   bodies and attachments out of both
 *   give      children, and what is told about them
 */
#include "give.h"
#include "winmail.h"

#include <assay/plugin.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct instance {
    const struct assay_host *host;
    uint64_t max_bytes;
};

static int32_t create(const struct assay_host *host,
                      const struct assay_create *create, void **inst,
                      struct assay_buf *err)
{
    struct instance *self = calloc(1, sizeof *self);

    (void)err;
    if (self == NULL)
        return ASSAY_RC_NOMEM;
    self->host = host;
    self->max_bytes =
        create->max_object_bytes > 0 ? create->max_object_bytes : UINT64_MAX;
    *inst = self;
    return ASSAY_RC_OK;
}

static void destroy(void *inst)
{
    free(inst);
}

static bool is_word(struct assay_str text, const char *word)
{
    return text.n == strlen(word) && strncasecmp(text.p, word, text.n) == 0;
}

/* Does a name or the declared type promise TNEF? */
static bool claims(const struct assay_host *host, const struct assay_task *task)
{
    struct assay_str text;

    for (uint32_t i = 0; host->attr_str(task, task->object, ASSAY_ATTR_NAME, i,
                                        &text) == ASSAY_RC_OK;
         i++)
        if (is_word(text, "winmail.dat"))
            return true;
    return host->attr_str(task, task->object, ASSAY_ATTR_TYPE_DECLARED, 0,
                          &text) == ASSAY_RC_OK &&
           (is_word(text, "application/ms-tnef") ||
            is_word(text, "application/vnd.ms-tnef"));
}

static int32_t handle(void *inst, const struct assay_task *task)
{
    const struct instance *self = inst;
    struct winmail w = {
        .host = self->host, .task = task, .max_bytes = self->max_bytes};
    struct assay_str content;

    if (task->stage != ASSAY_STAGE_OBJECT)
        return ASSAY_RC_NOT_APPLICABLE;
    int32_t rc = self->host->content(task, task->object, &content);
    if (rc != ASSAY_RC_OK)
        return rc;
    w.p = (const uint8_t *)content.p;
    w.n = content.n;
    if (tnef_is_stream(w.p, w.n))
        winmail_unpack(&w);
    else if (claims(self->host, task))
        give_fault(&w, NULL, ASSAY_REASON_DAMAGED,
                   "its name or type says TNEF, its content is none");
    else
        return ASSAY_RC_NOT_APPLICABLE;
    if (w.is_cancelled)
        return ASSAY_RC_CANCELLED;
    if (w.faults == 0 && !w.is_stopped) {
        struct assay_finding finding = {.struct_size = sizeof finding,
                                        .status = ASSAY_STATUS_CLEAN};
        (void)self->host->report(task, task->object, &finding);
    }
    return ASSAY_RC_OK;
}

static const struct assay_plugin plugin = {
    .struct_size = sizeof(struct assay_plugin),
    .id = "org.assay.tnef",
    .name = "TNEF (winmail.dat)",
    .vendor = "Assay",
    .version = "1",
    .licence = "MIT",
    .stages = ASSAY_STAGE_BIT(ASSAY_STAGE_OBJECT),
    .flags_required = ASSAY_FLAG_CHILDREN,
    .flags_optional = ASSAY_FLAG_FORK_SHARED,
    .create = create,
    .destroy = destroy,
    .handle = handle,
};

static const struct assay_plugin *const plugins[] = {&plugin};

static const struct assay_module module = {
    .struct_size = sizeof(struct assay_module),
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
