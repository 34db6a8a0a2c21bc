/* SPDX-License-Identifier: GPL-2.0-only */
#include "engine.h"

#include "layers.h"
#include "notice.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PATH_SIZE = 4096
};

/* Writes the reason into `err` and passes `rc` on. */
__attribute__((format(printf, 3, 4))) static int32_t refuse(
    struct assay_buf *err, int32_t rc, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(err->p, err->cap, format, args);
    va_end(args);
    return rc;
}

/* Path `index` of option database, NUL-terminated; false past the last. */
static bool database_path(const struct engine *engine,
                          const struct assay_create *create, uint32_t index,
                          char path[PATH_SIZE])
{
    struct assay_str text;
    if (engine->host->option_text(create->options, "database", index, &text) !=
            ASSAY_RC_OK ||
        text.n >= PATH_SIZE)
        return false;
    memcpy(path, text.p, text.n);
    path[text.n] = '\0';
    return true;
}

/* Adds up what the configured paths hold, and tells those that hold nothing. */
static int32_t survey(struct engine *engine, const struct assay_create *create,
                      struct assay_buf *err)
{
    char path[PATH_SIZE];
    if (!database_init(&engine->database))
        return refuse(err, ASSAY_RC_NOMEM, "no SHA-256 in libcrypto");
    for (uint32_t i = 0; database_path(engine, create, i, path); i++) {
        bool ok = database_add(&engine->database, path);
        if (!ok && errno != ENOENT)
            return refuse(err, ASSAY_RC_DATABASE, "%s: %s", path,
                          strerrordesc_np(errno));
        if (database_count(path) == 0 && create->mode == ASSAY_MODE_SCAN)
            notice_log(engine->host, ASSAY_LOG_WARNING,
                       "%s %s: left out.  Run freshclam for the official "
                       "signatures, or set database in [plugin %s]",
                       path, ok ? "holds no signatures" : "does not exist",
                       create->instance);
    }
    database_finish(&engine->database, &engine->settings,
                    sizeof engine->settings);
    if (engine->database.files == 0)
        return refuse(
            err, ASSAY_RC_DATABASE,
            "no signatures in any path of database: run freshclam, or "
            "name a folder with ClamAV signatures in database");
    return ASSAY_RC_OK;
}

/* The bounds that libclamav keeps by number. */
static void set_bounds(struct cl_engine *cl, const struct settings *settings)
{
    const struct {
        enum cl_engine_field field;
        uint64_t value;
    } numbers[] = {
        {CL_ENGINE_MAX_SCANSIZE, settings->max_scansize},
        {CL_ENGINE_MAX_FILESIZE, settings->max_filesize},
        {CL_ENGINE_MAX_FILES, settings->max_files},
        {CL_ENGINE_MAX_RECURSION, settings->max_recursion},
        {CL_ENGINE_MAX_SCANTIME, settings->max_time_ms},
        {CL_ENGINE_BYTECODE_TIMEOUT, settings->max_time_ms},
        {CL_ENGINE_MAX_EMBEDDEDPE, settings->max_filesize},
        {CL_ENGINE_MAX_HTMLNORMALIZE, settings->max_filesize},
        {CL_ENGINE_MAX_HTMLNOTAGS, settings->max_filesize},
        {CL_ENGINE_MAX_SCRIPTNORMALIZE, settings->max_filesize},
        {CL_ENGINE_PCRE_MAX_FILESIZE, settings->max_filesize},
        {CL_ENGINE_MIN_CC_COUNT, (uint64_t)settings->min_cards},
        {CL_ENGINE_MIN_SSN_COUNT, (uint64_t)settings->min_ssns},
        {CL_ENGINE_DISABLE_CACHE, 1},
        {CL_ENGINE_DISABLE_PE_STATS, 1},
    };

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        (void)cl_engine_set_num(cl, numbers[i].field,
                                (long long)numbers[i].value);
    if (settings->pua_categories[0] != '\0')
        (void)cl_engine_set_str(cl, CL_ENGINE_PUA_CATEGORIES,
                                settings->pua_categories);
}

static int32_t load(struct engine *engine, const struct assay_create *create,
                    struct assay_buf *err)
{
    char path[PATH_SIZE];
    unsigned count = 0;
    for (uint32_t i = 0; database_path(engine, create, i, path); i++) {
        if (database_count(path) == 0)
            continue;
        cl_error_t rc =
            cl_load(path, engine->cl, &count, engine->settings.db_options);
        if (rc != CL_SUCCESS)
            return refuse(err, ASSAY_RC_DATABASE,
                          "%s: %s%s%s.  Repair or remove it", path,
                          cl_strerror(rc), notice_last()[0] ? ": " : "",
                          notice_last());
    }
    cl_error_t rc = cl_engine_compile(engine->cl);
    if (rc != CL_SUCCESS)
        return refuse(err, ASSAY_RC_DATABASE,
                      "signatures do not compile: %s: %s", cl_strerror(rc),
                      notice_last());
    engine->signatures = count;
    return ASSAY_RC_OK;
}

/* The engine with its signatures, in the process that workers are forked from. */
static int32_t build(struct engine *engine, const struct assay_create *create,
                     struct assay_buf *err)
{
    static bool is_ready; /* cl_init is for the process, not for an engine */
    if (!is_ready && cl_init(CL_INIT_DEFAULT) != CL_SUCCESS)
        return refuse(err, ASSAY_RC_INTERNAL, "libclamav does not start");
    is_ready = true;
    engine->cl = cl_engine_new();
    engine->digests = calloc(ENGINE_LAYERS_MAX, sizeof *engine->digests);
    if (engine->cl == NULL || engine->digests == NULL)
        return refuse(err, ASSAY_RC_NOMEM, "out of memory");
    set_bounds(engine->cl, &engine->settings);
    if (create->scratch_dir != NULL)
        (void)cl_engine_set_str(engine->cl, CL_ENGINE_TMPDIR,
                                create->scratch_dir);
    layers_attach(engine->cl);
    int32_t rc = load(engine, create, err);
    if (rc != ASSAY_RC_OK)
        return rc;
    if ((engine->database.needs & NEEDS_IMAGE_HASH) == 0)
        engine->settings.scan.parse &=
            ~(uint32_t)CL_SCAN_PARSE_IMAGE_FUZZY_HASH;
    snprintf(engine->version, sizeof engine->version, "%s %s", cl_retver(),
             engine->database.version);
    return ASSAY_RC_OK;
}

int32_t engine_create(const struct assay_host *host,
                      const struct assay_create *create, void **inst,
                      struct assay_buf *err)
{
    struct engine *engine = calloc(1, sizeof *engine);
    if (engine == NULL)
        return refuse(err, ASSAY_RC_NOMEM, "out of memory");
    engine->host = host;
    notice_use(host, true);
    int32_t rc = settings_read(host, create, &engine->settings, err);
    if (rc == ASSAY_RC_OK)
        rc = survey(engine, create, err);
    if (rc == ASSAY_RC_OK && create->mode == ASSAY_MODE_SCAN)
        rc = build(engine, create, err);
    if (rc != ASSAY_RC_OK) {
        engine_destroy(engine);
        return rc;
    }
    *inst = engine;
    return ASSAY_RC_OK;
}

void engine_destroy(void *inst)
{
    struct engine *engine = inst;
    if (engine == NULL)
        return;
    if (engine->cl != NULL)
        cl_engine_free(engine->cl);
    free(engine->digests);
    free(engine);
}

int32_t engine_start(void *inst, const struct assay_start *start,
                     struct assay_buf *err)
{
    struct engine *engine = inst;
    notice_use(engine->host, false);
    /* libclamav reads the folder anew in each scan, so it may be changed in an
     * engine that is compiled; nobody else uses this process's copy. */
    if (start->scratch_dir == NULL ||
        cl_engine_set_str(engine->cl, CL_ENGINE_TMPDIR, start->scratch_dir) !=
            CL_SUCCESS)
        return refuse(err, ASSAY_RC_IO, "no scratch folder for this worker");
    return ASSAY_RC_OK;
}

int32_t engine_stamp(void *inst, struct assay_stamp *out)
{
    const struct engine *engine = inst;
    out->flags =
        database_is_test_only(&engine->database) ? ASSAY_STAMP_TEST_ONLY : 0;
    snprintf(out->engine, sizeof out->engine, "%s", cl_retver());
    snprintf(out->database, sizeof out->database, "%s",
             engine->database.version);
    out->database_time = database_time(&engine->database);
    out->signatures = engine->signatures;
    memcpy(out->database_digest, engine->database.digest,
           sizeof out->database_digest);
    return ASSAY_RC_OK;
}
