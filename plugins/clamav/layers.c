/* SPDX-License-Identifier: GPL-2.0-only */
#include "layers.h"

#include "name.h"

#include <stdio.h>
#include <string.h>

static void take_digest(struct layers *layers, const char *p, size_t n)
{
    if (layers->digest_n == ENGINE_LAYERS_MAX)
        return;
    void *hash = cl_hash_init("sha256");
    if (hash == NULL)
        return;
    cl_update_hash(hash, p, n);
    cl_finish_hash(hash, layers->engine->digests[layers->digest_n]);
    layers->digest_n++;
}

/* From now on libclamav inflates and looks at small files only, and not at many.  It
 * reads its bounds anew each time; look.c sets them again for the next scan. */
static void narrow(struct layers *layers)
{
    const struct engine *engine = layers->engine;
    uint64_t most = layers->bytes + LAYERS_REST;
    if (most > engine->settings.max_scansize)
        most = engine->settings.max_scansize;
    layers->is_narrow = true;
    (void)cl_engine_set_num(engine->cl, CL_ENGINE_MAX_FILESIZE, LAYERS_NARROW);
    (void)cl_engine_set_num(engine->cl, CL_ENGINE_MAX_SCANSIZE,
                            (long long)most);
}

static void on_found(int fd, const char *name, void *context)
{
    struct layers *layers = context;
    char clean[NAME_SIZE];
    (void)fd;
    snprintf(clean, sizeof clean, "%s", name);
    for (char *c = clean; *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    if (!layers->is_narrow && name_is_limit(clean))
        narrow(layers);
    for (size_t i = 0; i < layers->name_n; i++)
        if (strcmp(layers->names[i], clean) == 0)
            return;
    if (layers->name_n < NAMES_MAX)
        memcpy(layers->names[layers->name_n++], clean, sizeof clean);
}

/* NOLINTNEXTLINE(readability-function-size): libclamav chose the parameters. */
static cl_error_t on_layer(int fd, const char *type, const char **ancestors,
                           size_t parent_size, const char *name, size_t n,
                           const char *p, uint32_t level, uint32_t attributes,
                           void *context)
{
    struct layers *layers = context;
    const struct engine *engine = layers->engine;
    (void)fd;
    (void)type;
    (void)ancestors;
    (void)parent_size;
    (void)name;
    layers->bytes += n;
    if (level == 0) {
        layers->has_begun = true;
        return CL_CLEAN;
    }
    if (layers->task != NULL && engine->host->cancelled(layers->task) != 0) {
        layers->is_cancelled = true;
        return CL_BREAK;
    }
    bool is_cut = n + LAYERS_CUT > engine->settings.max_filesize;
    if (is_cut)
        on_found(fd, NAME_MAX_FILE_SIZE, layers);
    if (p == NULL || (attributes & LAYER_ATTRIBUTES_NORMALIZED) != 0)
        return CL_CLEAN;
    if (layers->mail != NULL && mail_has(layers->mail, p, n))
        return CL_BREAK;
    if (layers->takes_digests && !is_cut)
        take_digest(layers, p, n);
    return CL_CLEAN;
}

void layers_attach(struct cl_engine *cl)
{
    cl_engine_set_clcb_file_inspection(cl, on_layer);
    cl_engine_set_clcb_virus_found(cl, on_found);
}
