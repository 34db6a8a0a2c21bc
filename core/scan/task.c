/* SPDX-License-Identifier: MIT */
/*
 * What a scanner may do while it is asked.
 */
#include "base/clock.h"
#include "mail/message.h"
#include "scan/state.h"

#include <string.h>

/* INVAL or STATE, and `failed` when the run is over. */
static int32_t refuse(struct task *task, int32_t rc, const char *rule)
{
    task_blame(task, rule);
    return rc;
}

/* What the finding says must fit together; NULL, or the rule that it breaks. */
static const char *broken_rule(const struct task *task,
                               const struct finding *finding)
{
    const GPtrArray *rcpts = task->scan->message->session->rcpts;
    switch (finding->status) {
    case ASSAY_STATUS_CLEAN:
    case ASSAY_STATUS_TRUSTED:
        if (finding->kind != 0)
            return "reported a kind with status CLEAN or TRUSTED";
        break;
    case ASSAY_STATUS_FOUND:
        if (finding->kind < ASSAY_KIND_INFO ||
            finding->kind > ASSAY_KIND_MALWARE)
            return "reported a kind that plugins may not report";
        break;
    case ASSAY_STATUS_UNSCANNABLE:
        if (finding->kind != 0 || !finding_reason_is_known(finding->reason))
            return "reported UNSCANNABLE with a kind or without a reason";
        break;
    default:
        return "reported an unknown status";
    }
    if (finding->rcpt != FINDING_ALL_RCPTS &&
        (finding->rcpt < 0 || (unsigned)finding->rcpt >= rcpts->len))
        return "reported for a recipient that is not there";
    return NULL;
}

static const char *default_name(const struct finding *finding)
{
    return finding->reason != 0 ? finding_reason_name(finding->reason)
                                : finding_kind_name(finding->kind);
}

static void complete_texts(struct finding *finding)
{
    if (finding->name == NULL || finding->name[0] == '\0') {
        g_free(finding->name);
        finding->name = g_strdup(default_name(finding));
    }
    if (finding->text == NULL)
        finding->text = g_strdup("");
    if (finding->reply_text == NULL)
        finding->reply_text = g_strdup("");
}

/* What is unknown or out of range is set to the nearest sense. */
static void complete(struct finding *finding)
{
    if (finding->status != ASSAY_STATUS_UNSCANNABLE)
        finding->reason = 0;
    else if (finding->reason == ASSAY_REASON_ENCRYPTED)
        finding->kind = ASSAY_KIND_ENCRYPTED;
    else
        finding->kind = ASSAY_KIND_PARTIAL;
    if (finding->confidence == 0 || finding->confidence > 100)
        finding->confidence = 100;
    if (finding->kind != ASSAY_KIND_SPAM)
        finding->log_odds_milli = 0;
    finding->log_odds_milli = CLAMP(
        finding->log_odds_milli, -FINDING_LOG_ODDS_MAX, FINDING_LOG_ODDS_MAX);
    if (finding->advice > ASSAY_ACTION_DISCARD)
        finding->advice = ASSAY_ACTION_NONE;
    if (finding->reply_code < 400 || finding->reply_code > 599)
        finding->reply_code = 0;
    finding->delay_ms = MIN(finding->delay_ms, FINDING_DELAY_MS_MAX);
    complete_texts(finding);
}

static bool may_speak_about(const struct task *task,
                            const struct object *object)
{
    if (object == NULL || object == task->object)
        return true;
    if (!task_owns(task, object))
        return false;
    return task->stage == ASSAY_STAGE_MESSAGE ||
           scan_is_below(object, task->object);
}

/* Keeps that the scanner found nothing.  One run has no more to say than once about
 * each object that there may be. */
static void add_answer(struct task *task, const struct finding *finding)
{
    struct draft *draft = task->draft;
    struct scan_answer answer = {task->scanner->name, finding->object,
                                 finding->status, finding->rcpt};
    if (draft->answers == NULL)
        draft->answers = g_array_new(false, false, sizeof(struct scan_answer));
    if (draft->answers->len < task->scan->plan->limits.max_objects)
        g_array_append_val(draft->answers, answer);
}

int32_t task_report(struct task *task, struct finding *finding)
{
    const char *rule = NULL;
    int32_t rc = ASSAY_RC_INVAL;
    if (!may_speak_about(task, finding->object)) {
        rule = "reported about an object that is not its task's";
        rc = ASSAY_RC_STATE;
    } else {
        rule = broken_rule(task, finding);
    }
    if (rule != NULL) {
        finding_free(finding);
        return refuse(task, rc, rule);
    }
    if (finding->object == task->object)
        task->draft->has_answered = true;
    if (finding->status == ASSAY_STATUS_CLEAN ||
        finding->status == ASSAY_STATUS_TRUSTED) {
        add_answer(task, finding);
        finding_free(finding);
        return ASSAY_RC_OK;
    }
    complete(finding);
    finding->plugin = task->scanner->name;
    ledger_add(&task->draft->ledger, finding);
    return ASSAY_RC_OK;
}

int32_t task_seen(struct task *task, const uint8_t digest[DIGEST_SIZE])
{
    struct draft *draft = task->draft;
    if (task->object == NULL)
        return refuse(task, ASSAY_RC_STATE, "called seen() without an object");
    if (draft->seen == NULL)
        draft->seen = g_byte_array_new();
    if (draft->seen->len / DIGEST_SIZE >= task->scan->plan->limits.max_objects)
        return ASSAY_RC_LIMIT; /* no bound of the message: it is asked again */
    g_byte_array_append(draft->seen, digest, DIGEST_SIZE);
    return ASSAY_RC_OK;
}

uint64_t task_remaining_ns(const struct task *task)
{
    if (task->deadline_ns == 0)
        return UINT64_MAX;
    uint64_t now = clock_mono_ns();
    return now < task->deadline_ns ? task->deadline_ns - now : 0;
}

bool task_is_cancelled(const struct task *task)
{
    return task_remaining_ns(task) == 0;
}

struct object *task_object(const struct task *task, uint64_t id)
{
    const GPtrArray *objects = task->scan->message->objects;
    const GPtrArray *children = task->draft->children;
    struct object *object = NULL;
    if (task->stage < ASSAY_STAGE_OBJECT)
        return id == 0 ? task->object : NULL;
    if (id < objects->len)
        object = objects->pdata[id];
    else if (children != NULL && id - objects->len < children->len)
        object = children->pdata[id - objects->len];
    if (object != NULL)
        task->scan->state->owned = object;
    return object;
}

static bool is_in(const GPtrArray *array, const void *p)
{
    for (unsigned i = array != NULL ? array->len : 0; i > 0; i--)
        if (array->pdata[i - 1] == p)
            return true;
    return false;
}

bool task_owns(const struct task *task, const void *object)
{
    struct scan_state *state = task->scan->state;
    if (object == NULL)
        return false;
    if (object == task->object || object == state->owned)
        return true;
    if (task->stage < ASSAY_STAGE_OBJECT)
        return false; /* the body has not arrived */
    if (!is_in(task->draft->children, object) &&
        !is_in(task->scan->message->objects, object))
        return false;
    state->owned = object;
    return true;
}
