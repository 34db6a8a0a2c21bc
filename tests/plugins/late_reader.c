/* SPDX-License-Identifier: MIT */
/*
 * Good, and created in each worker: reads the file that its option names in create(),
 * keeps a file in its scratch folder in start(), and tells of both.
 */
#include "right.h"

#include <errno.h>
#include <stdio.h>

static char line[128];
static char scratch[512];
static char kept[64];

static int32_t create(const struct assay_host *given,
                      const struct assay_create *create, void **inst,
                      struct assay_buf *err)
{
    struct assay_str path;
    char name[512];
    right_create(given, create, inst, err);
    if (create->mode == ASSAY_MODE_CHECK)
        return ASSAY_RC_OK;
    if (host->option_text(create->options, "path", 0, &path) != ASSAY_RC_OK)
        return ASSAY_RC_INVAL;
    snprintf(name, sizeof name, "%.*s", (int)path.n, path.p);
    FILE *file = fopen(name, "r");
    if (file == NULL || fgets(line, sizeof line, file) == NULL) {
        snprintf(err->p, err->cap, "%s: %s", name, strerror(errno));
        return ASSAY_RC_IO;
    }
    fclose(file);
    line[strcspn(line, "\n")] = '\0';
    return ASSAY_RC_OK;
}

static int32_t start(void *inst, const struct assay_start *start,
                     struct assay_buf *err)
{
    (void)inst;
    (void)err;
    snprintf(scratch, sizeof scratch, "%s/kept", start->scratch_dir);
    FILE *file = fopen(scratch, "w");
    snprintf(kept, sizeof kept, "%s",
             file != NULL && fputs("x", file) >= 0 ? "kept" : strerror(errno));
    if (file != NULL)
        fclose(file);
    return ASSAY_RC_OK;
}

static int32_t handle(void *inst, const struct assay_task *task)
{
    (void)inst;
    right_report(task, "line", line);
    right_report(task, "kept", kept);
    return right_report(task, "scratch", scratch);
}

static const struct assay_option option_path = {
    .struct_size = sizeof option_path,
    .type = ASSAY_OPTION_PATH,
    .name = "path",
    .help = "The file.",
};
static const struct assay_option *const options[] = {&option_path, NULL};

static const struct assay_plugin plugin = {
    RIGHT_PLUGIN,       .flags_optional = ASSAY_FLAG_SCRATCH,
    .options = options, .create = create,
    .start = start,     .handle = handle};
RIGHT_MODULE(plugin)
