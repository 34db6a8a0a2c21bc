/* SPDX-License-Identifier: MIT */
/*
 * What was found: findings, seen contents, proposed edits.
 */
#include "host/call.h"
#include "host/sized.h"

#include <inttypes.h>
#include <string.h>

G_GNUC_PRINTF(3, 4)

static int32_t blame(struct call *call, int32_t rc, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *rule = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return call_blame(call, rc, rule);
}

/* Breaches that are worth their own words; the scan refuses what is left. */
static int32_t check(struct call *call, const struct assay_finding *f)
{
    if (f->status < ASSAY_STATUS_CLEAN || f->status > ASSAY_STATUS_UNSCANNABLE)
        return blame(call, ASSAY_RC_INVAL, "reported unknown status %" PRIu32,
                     f->status);
    if (f->status == ASSAY_STATUS_FOUND && f->kind >= ASSAY_KIND_ENCRYPTED &&
        f->kind <= ASSAY_KIND_FAILED)
        return blame(call, ASSAY_RC_INVAL,
                     "reported kind %s, which only the host makes",
                     finding_kind_name(f->kind));
    if (f->status == ASSAY_STATUS_FOUND &&
        (f->kind == 0 || f->kind > ASSAY_KIND_FAILED))
        return blame(call, ASSAY_RC_INVAL, "reported unknown kind %" PRIu32,
                     f->kind);
    if (f->status == ASSAY_STATUS_UNSCANNABLE &&
        !finding_reason_is_known(f->reason))
        return blame(call, ASSAY_RC_INVAL,
                     "reported UNSCANNABLE with unknown reason %" PRIu32,
                     f->reason);
    if (f->status == ASSAY_STATUS_FOUND && f->name.n == 0)
        return blame(call, ASSAY_RC_INVAL, "reported a finding without a name");
    if (!call_is_str(f->name) || !call_is_str(f->text) ||
        !call_is_str(f->reply_text))
        return blame(call, ASSAY_RC_INVAL,
                     "reported a text that is NULL with a length");
    return ASSAY_RC_OK;
}

static struct finding *make(const struct call *call,
                            const struct assay_finding *f,
                            struct object *object)
{
    struct finding *finding = finding_new(call->instance->name);
    finding->status = f->status;
    finding->kind = f->kind;
    finding->reason = f->reason;
    finding->confidence = f->confidence;
    finding->log_odds_milli = f->log_odds_milli;
    finding->advice = f->advice;
    finding->rcpt = f->rcpt == ASSAY_RCPT_ALL ? FINDING_ALL_RCPTS
                    : f->rcpt <= INT32_MAX    ? (int32_t)(f->rcpt - 1)
                                              : INT32_MAX;
    finding->delay_ms = f->delay_ms;
    finding->reply_code = f->reply_code;
    finding->object = object;
    finding_set_texts(finding, f->name, f->text, f->reply_text);
    return finding;
}

int32_t report_finding(const struct assay_task *task,
                       const struct assay_object *object,
                       const struct assay_finding *finding)
{
    struct call *call = call_of(task);
    if (call == NULL)
        return ASSAY_RC_STATE;
    struct assay_finding f;
    if (finding == NULL || !sized_copy(&f, sizeof f, finding, SIZED_FINDING))
        return call_blame(call, ASSAY_RC_INVAL,
                          "reported a finding whose struct_size is wrong");
    int32_t rc = check(call, &f);
    if (rc != ASSAY_RC_OK)
        return rc;
    struct object *about = NULL;
    if (object != NULL) {
        about = call_object(call, object, &rc);
        if (about == NULL)
            return rc;
    }
    return task_report(call->task, make(call, &f, about));
}

int32_t report_seen(const struct assay_task *task, const uint8_t *sha256)
{
    const struct call *call = call_of(task);
    if (call == NULL)
        return ASSAY_RC_STATE;
    return sha256 != NULL ? task_seen(call->task, sha256) : ASSAY_RC_INVAL;
}

int32_t report_edit(const struct assay_task *task,
                    const struct assay_edit *edit)
{
    struct call *call = call_of(task);
    if (call == NULL)
        return ASSAY_RC_STATE;
    struct assay_edit e;
    if (edit == NULL || !sized_copy_whole(&e, sizeof e, edit, SIZED_EDIT) ||
        !call_is_str(e.name) || !call_is_str(e.value))
        return call_blame(call, ASSAY_RC_INVAL,
                          "proposed an edit that is not well made");
    return task_edit(call->task, &e);
}
