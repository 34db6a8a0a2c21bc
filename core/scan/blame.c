/* SPDX-License-Identifier: MIT */
/*
 * What is said in the name of a scanner that could not, or did not, do its part.
 */
#include "scan/state.h"

#include <inttypes.h>

/* The code's name in the ABI, lower case; NULL: handle() may not answer that. */
static const char *rc_name(int32_t rc)
{
    switch (rc) {
    case ASSAY_RC_INTERNAL:
        return "internal";
    case ASSAY_RC_NOMEM:
        return "nomem";
    case ASSAY_RC_INVAL:
        return "inval";
    case ASSAY_RC_NOTSUP:
        return "notsup";
    case ASSAY_RC_NOTFOUND:
        return "notfound";
    case ASSAY_RC_TIMEOUT:
        return "timeout";
    case ASSAY_RC_CANCELLED:
        return "cancelled";
    case ASSAY_RC_LIMIT:
        return "limit";
    case ASSAY_RC_IO:
        return "io";
    case ASSAY_RC_FORMAT:
        return "format";
    case ASSAY_RC_STATE:
        return "state";
    case ASSAY_RC_DATABASE:
        return "database";
    case ASSAY_RC_LICENCE:
        return "licence";
    case ASSAY_RC_DENIED:
        return "denied";
    default:
        return NULL;
    }
}

static struct finding *own_finding(const struct task *task, const char *name,
                                   char *text)
{
    struct finding *finding = finding_new(task->scanner->name);
    finding->object = task->object;
    finding->rcpt = task->rcpt;
    finding->name = g_strdup(name);
    finding->text = text;
    finding->reply_text = g_strdup("");
    return finding;
}

void task_blame(struct task *task, const char *rule)
{
    if (task->draft->broken == NULL)
        task->draft->broken = g_strdup(rule);
}

void task_fail(struct task *task, const char *name, const char *text)
{
    struct draft *draft = task->draft;
    if (draft->failure != NULL)
        return;
    draft->failure = g_strdup(name);
    g_free(draft->broken);
    draft->broken = g_strdup(text);
}

void blame_failed(struct task *task, int32_t rc)
{
    const struct draft *draft = task->draft;
    const char *name = draft->failure != NULL ? draft->failure : "rule";
    char *text;
    if (task->draft->broken != NULL)
        text = g_steal_pointer(&task->draft->broken);
    else if (rc_name(rc) != NULL)
        text = g_strdup_printf("handle() answered %s (%d)", name = rc_name(rc),
                               rc);
    else
        text = g_strdup_printf("handle() answered %d, which it may not", rc);
    struct finding *finding = own_finding(task, name, text);
    finding->kind = ASSAY_KIND_FAILED;
    ledger_add(&task->scan->state->ledger, finding);
}

static void partial(const struct task *task, uint32_t reason, char *text)
{
    struct finding *finding =
        own_finding(task, finding_reason_name(reason), text);
    finding->status = ASSAY_STATUS_UNSCANNABLE;
    finding->kind = ASSAY_KIND_PARTIAL;
    finding->reason = reason;
    ledger_add(&task->scan->state->ledger, finding);
}

void blame_late(struct task *task)
{
    partial(task, ASSAY_REASON_LIMIT_TIME,
            g_strdup("stopped when the time for this message was over"));
}

void blame_too_large(struct task *task)
{
    partial(task, ASSAY_REASON_LIMIT_SIZE,
            g_strdup_printf("not looked at: larger than the %" PRIu64
                            " bytes that it takes",
                            task->scanner->max_size));
}
