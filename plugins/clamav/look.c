/* SPDX-License-Identifier: GPL-2.0-only */
#include "look.h"

#include "layers.h"
#include "mail.h"
#include "name.h"
#include "notice.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum {
    /* libclamav takes shorter contents for clean without a look. */
    SIZE_MIN = 6,
    DAY_S = 24 * 60 * 60
};

static int32_t rc_of(cl_error_t error)
{
    if (error == CL_SUCCESS || error == CL_VIRUS)
        return ASSAY_RC_OK;
    if (error == CL_EMEM)
        return ASSAY_RC_NOMEM;
    if (error == CL_ETIMEOUT)
        return ASSAY_RC_TIMEOUT;
    if (error >= CL_EOPEN && error <= CL_EMAP)
        return ASSAY_RC_IO;
    return ASSAY_RC_INTERNAL;
}

/* One scan of p[0..n); names and digests are in `layers` then. */
static int32_t scan(const struct engine *engine, struct layers *layers,
                    struct cl_scan_options *options, const void *p, size_t n)
{
    const char *unused_name = NULL;
    unsigned long unused_blocks = 0;
    notice_use(engine->host, false);
    cl_fmap_t *map = cl_fmap_open_memory(p, n);
    if (map == NULL)
        return ASSAY_RC_NOMEM;
    cl_error_t error = cl_scanmap_callback(
        map, NULL, &unused_name, &unused_blocks, engine->cl, options, layers);
    cl_fmap_close(map);
    if (layers->is_cancelled)
        return ASSAY_RC_CANCELLED;
    if (rc_of(error) == ASSAY_RC_OK && !layers->has_begun &&
        layers->name_n == 0)
        error = CL_ETMPDIR; /* the one way to get here: no scratch folder */
    if (rc_of(error) != ASSAY_RC_OK)
        notice_log(engine->host, ASSAY_LOG_WARNING, "%s: %s",
                   cl_strerror(error), notice_last());
    return rc_of(error);
}

/* Time is the engine's in libclamav, not a scan's; in an engine that one thread uses
 * it can be set for each scan.  Sizes may be narrow from the last one. */
static void set_bounds(const struct engine *engine,
                       const struct assay_task *task)
{
    uint64_t ms = engine->settings.max_time_ms;
    (void)cl_engine_set_num(engine->cl, CL_ENGINE_MAX_FILESIZE,
                            (long long)engine->settings.max_filesize);
    (void)cl_engine_set_num(engine->cl, CL_ENGINE_MAX_SCANSIZE,
                            (long long)engine->settings.max_scansize);
    if (task->deadline_ns != 0) {
        uint64_t left = engine->host->remaining_ns(task) / 1000000 + 1;
        ms = ms == 0 || left < ms ? left : ms;
    }
    (void)cl_engine_set_num(engine->cl, CL_ENGINE_MAX_SCANTIME, (long long)ms);
}

/* Says one name.  A bound of libclamav's mail parser shuts nothing out: the core
 * has taken the mail apart and each part is scanned. */
static int32_t report_name(const struct engine *engine,
                           const struct assay_task *task, bool is_mail,
                           const char *name)
{
    struct name_meaning meaning = name_meaning(name);
    if (is_mail && meaning.is_mail_parser)
        return ASSAY_RC_NOT_APPLICABLE;
    const struct assay_finding finding = {
        .struct_size = sizeof finding,
        .status = meaning.status,
        .kind = meaning.kind,
        .reason = meaning.reason,
        .confidence = meaning.confidence,
        .name = {.p = name, .n = strlen(name)},
        .text = {.p = meaning.text, .n = strlen(meaning.text)},
    };
    return engine->host->report(task, task->object, &finding);
}

static int32_t report_clean(const struct engine *engine,
                            const struct assay_task *task)
{
    const struct assay_finding finding = {
        .struct_size = sizeof finding,
        .status = ASSAY_STATUS_CLEAN,
    };
    return engine->host->report(task, task->object, &finding);
}

/* Everything the scan said.  A finding outlives an error that came after it. */
static int32_t report_all(const struct engine *engine,
                          const struct assay_task *task,
                          const struct layers *layers, bool is_mail, int32_t rc)
{
    size_t said = 0;
    for (size_t i = 0; i < layers->name_n; i++) {
        int32_t told = report_name(engine, task, is_mail, layers->names[i]);
        if (told < 0)
            return told;
        said += told == ASSAY_RC_OK ? 1 : 0;
    }
    if (said > 0)
        return ASSAY_RC_OK;
    return rc == ASSAY_RC_OK ? report_clean(engine, task) : rc;
}

/* Contents that libclamav saw inside need not be shown again. */
static int32_t tell_seen(const struct engine *engine,
                         const struct assay_task *task,
                         const struct layers *layers)
{
    for (size_t i = 0; i < layers->digest_n; i++) {
        int32_t rc = engine->host->seen(task, engine->digests[i]);
        if (rc < 0)
            return rc;
    }
    return ASSAY_RC_OK;
}

/* Was every layer that libclamav called back for also finished? */
static bool is_finished(const struct layers *layers, int32_t rc)
{
    for (size_t i = 0; i < layers->name_n; i++)
        if (name_meaning(layers->names[i]).reason == ASSAY_REASON_LIMIT_TIME)
            return false;
    return rc == ASSAY_RC_OK;
}

/* What is to be done with a raw mail: `*parse` says whether libclamav's mail parser
 * takes part.  False: nothing. */
static bool choose(const struct engine *engine, const struct assay_task *task,
                   struct mail *mail, bool *parse)
{
    struct mail_place place = mail_place(engine->host, task);
    *parse = true;
    if (engine->settings.raw == RAW_NEVER)
        return false;
    if (engine->settings.raw == RAW_AUTO) {
        mail_read(engine->host, task, mail);
        *parse = mail_wants_parser(mail, engine->database.needs);
    }
    if (place.is_plain && place.forwards >= MAIL_FORWARDS_MAX)
        return false;
    return *parse || !place.is_plain;
}

static int32_t look_at(const struct engine *engine,
                       const struct assay_task *task)
{
    struct cl_scan_options options = engine->settings.scan;
    struct layers layers;
    struct mail mail;
    struct assay_str content;
    bool parse = true;
    int32_t rc = engine->host->content(task, task->object, &content);
    if (rc != ASSAY_RC_OK)
        return rc;
    bool is_mail = mail_is(engine->host, task);
    if (content.n < SIZE_MIN ||
        (is_mail && !choose(engine, task, &mail, &parse)))
        return ASSAY_RC_NOT_APPLICABLE;
    memset(&layers, 0, offsetof(struct layers, names));
    layers.engine = engine;
    layers.task = task;
    if (is_mail && engine->settings.raw == RAW_AUTO &&
        (engine->database.needs & NEEDS_INSIDE) == 0)
        layers.mail = &mail;
    /* Whether an unpacker will find children is not known yet: an SHA-256 of each
     * inner layer is nothing beside what libclamav does with it. */
    layers.takes_digests =
        engine->settings.members == MEMBERS_UNOPENED && layers.mail == NULL;
    if (!parse)
        options.parse &= ~(uint32_t)CL_SCAN_PARSE_MAIL;
    set_bounds(engine, task);
    rc = scan(engine, &layers, &options, content.p, (size_t)content.n);
    bool finished = is_finished(&layers, rc);
    rc = report_all(engine, task, &layers, is_mail, rc);
    return rc == ASSAY_RC_OK && finished ? tell_seen(engine, task, &layers)
                                         : rc;
}

__attribute__((format(printf, 4, 5))) static int32_t set_fact(
    const struct assay_host *host, const struct assay_task *task,
    const char *key, const char *format, ...)
{
    char text[160];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct assay_str value = {.p = text, .n = (uint64_t)(n < 0 ? 0 : n)};
    return host->fact_set(task, key, value);
}

/* How old the signatures are belongs to every message that was scanned by them. */
static int32_t tell_facts(const struct engine *engine,
                          const struct assay_task *task)
{
    const struct assay_host *host = engine->host;
    uint64_t now = 0;
    int64_t made = database_time(&engine->database);
    (void)host->attr_u64(task, NULL, ASSAY_ATTR_NOW, 0, &now);
    int64_t days = ((int64_t)now - made) / DAY_S;
    int32_t rc = set_fact(host, task, "clamav.version", "%s", engine->version);
    if (rc == ASSAY_RC_OK)
        rc = set_fact(host, task, "clamav.signatures", "%" PRIu64,
                      engine->signatures);
    if (rc == ASSAY_RC_OK)
        rc = set_fact(host, task, "clamav.age_days", "%" PRId64,
                      days < 0 ? 0 : days);
    return rc;
}

int32_t look_handle(void *inst, const struct assay_task *task)
{
    const struct engine *engine = inst;
    if (task->stage == ASSAY_STAGE_HEADERS)
        return tell_facts(engine, task);
    return look_at(engine, task);
}

int32_t look_self_test(void *inst, struct assay_buf *err)
{
    const struct engine *engine = inst;
    static const char clean[] = "A plain text that holds nothing bad.\n";
    /* In two halves, or scanners would take this program for the test file. */
    char eicar[128];
    int n = snprintf(eicar, sizeof eicar, "%s%s",
                     "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-",
                     "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*");
    struct cl_scan_options options = engine->settings.scan;
    struct layers layers;
    memset(&layers, 0, offsetof(struct layers, names));
    layers.engine = engine;
    int32_t rc = scan(engine, &layers, &options, eicar, (size_t)n);
    if (rc == ASSAY_RC_OK && layers.name_n == 0) {
        snprintf(err->p, err->cap,
                 "the EICAR test file is not found by these %" PRIu64
                 " signatures (%s): add sigs/clamav to database",
                 engine->signatures, engine->database.version);
        return ASSAY_RC_DATABASE;
    }
    memset(&layers, 0, offsetof(struct layers, names));
    layers.engine = engine;
    if (rc == ASSAY_RC_OK)
        rc = scan(engine, &layers, &options, clean, sizeof clean - 1);
    if (rc == ASSAY_RC_OK && layers.name_n != 0) {
        snprintf(err->p, err->cap,
                 "a plain text is taken for \"%s\": remove that signature",
                 layers.names[0]);
        return ASSAY_RC_DATABASE;
    }
    if (rc != ASSAY_RC_OK)
        snprintf(err->p, err->cap, "libclamav cannot scan: %s", notice_last());
    return rc;
}
