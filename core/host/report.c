/* SPDX-License-Identifier: MIT */
/*
 * What was found: findings, seen contents, proposed edits.
 */
#include "base/escape.h"
#include "host/call.h"
#include "host/sized.h"

#include <inttypes.h>
#include <string.h>

enum {
    NAME_MAX_BYTES = 255,
    TEXT_MAX = 1024,
    REPLY_MAX = 240,
    CUT_SPARE = 4 /* a UTF-8 sequence that the cut may tear */
};

G_GNUC_PRINTF(3, 4)

static int32_t blame(struct call *call, int32_t rc, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *rule = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return call_blame(call, rc, rule);
}

/* Printable ASCII, as nearly all are: nothing to escape. */
static bool is_plain(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] < ' ' || p[i] > '~')
            return false;
    return true;
}

/* Cuts at `max` bytes, not inside of a character. */
static char *cut(char *text, size_t max)
{
    size_t n = strlen(text);
    if (n <= max)
        return text;
    while (max > 0 && ((unsigned char)text[max] & 0xc0) == 0x80)
        max--;
    text[max] = '\0';
    return text;
}

/* Escapes all but backslashes, which are no danger in themselves. */
static char *escape(const char *p, size_t n)
{
    GString *to = g_string_sized_new(n + 16);
    while (n > 0) {
        const char *slash = memchr(p, '\\', n);
        size_t plain = slash != NULL ? (size_t)(slash - p) : n;
        escape_text(to, p, plain, 0);
        if (slash != NULL)
            g_string_append_c(to, '\\');
        p += plain + (slash != NULL);
        n -= plain + (slash != NULL);
    }
    return g_string_free(to, FALSE);
}

/* The plugin's text as the rest of Assay may keep it: at most `max` bytes of clean
 * UTF-8. */
static char *clean_text(struct assay_str s, size_t max)
{
    size_t n = MIN(s.n, max + CUT_SPARE);
    if (n == 0)
        return g_strdup("");
    return cut(is_plain(s.p, n) ? g_strndup(s.p, n) : escape(s.p, n), max);
}

/* An SMTP reply: printable ASCII, so that nobody can add a line to the dialogue. */
static char *clean_reply(struct assay_str s)
{
    char *text = g_strndup(s.n > 0 ? s.p : "", MIN(s.n, REPLY_MAX));
    for (char *c = text; *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    return text;
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
    finding->name = clean_text(f->name, NAME_MAX_BYTES);
    finding->text = clean_text(f->text, TEXT_MAX);
    finding->reply_text = clean_reply(f->reply_text);
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
