/* SPDX-License-Identifier: MIT */
/*
 * What one run of a task said: it counts when the run is over and went well.
 *
 *     OK                all of it counts
 *     PENDING           nothing counts, the budget is given back, the task waits
 *     NOT_APPLICABLE    there must be nothing
 *     an error          `failed`; of what it said only the committed children count:
 *                       what has been unpacked is better looked at than not
 */
#include "mail/message.h"
#include "scan/state.h"

static struct draft *draft_new(uint64_t max_findings)
{
    struct draft *draft = g_new0(struct draft, 1);
    ledger_init(&draft->ledger, max_findings);
    return draft;
}

void draft_begin(struct task *task)
{
    struct scan *scan = task->scan;
    if (task->draft == NULL)
        task->draft = g_steal_pointer(&scan->state->draft);
    if (task->draft == NULL)
        task->draft = draft_new(scan->plan->limits.max_findings);
    struct draft *draft = task->draft;
    draft->unpacked = 0;
    draft->bytes_before = scan->bytes;
    draft->reached = 0;
    draft->asked_before = draft->asked != NULL ? draft->asked->len : 0;
    draft->waits = false;
    draft->has_answered = false;
    /* It may be a child that was dropped: never compare with a dead pointer. */
    scan->state->owned = NULL;
}

static void empty(GPtrArray *list)
{
    if (list != NULL)
        g_ptr_array_set_size(list, 0);
}

static void unref(GPtrArray *list)
{
    if (list != NULL)
        g_ptr_array_unref(list);
}

static bool has_some(const GPtrArray *list)
{
    return list != NULL && list->len > 0;
}

/* Empties the draft of all that a run said; `asked` stays. */
static void forget(struct draft *draft)
{
    ledger_reset(&draft->ledger);
    empty(draft->children);
    empty(draft->facts);
    empty(draft->counts);
    empty(draft->edits);
    if (draft->answers != NULL)
        g_array_set_size(draft->answers, 0);
    if (draft->seen != NULL)
        g_byte_array_set_size(draft->seen, 0);
    g_clear_pointer(&draft->broken, g_free);
    g_clear_pointer(&draft->failure, g_free);
}

void draft_free(struct draft *draft)
{
    if (draft == NULL)
        return;
    ledger_clear(&draft->ledger);
    unref(draft->children);
    unref(draft->facts);
    unref(draft->counts);
    unref(draft->edits);
    unref(draft->asked);
    if (draft->answers != NULL)
        g_array_unref(draft->answers);
    if (draft->seen != NULL)
        g_byte_array_unref(draft->seen);
    g_free(draft->broken);
    g_free(draft->failure);
    g_free(draft);
}

void draft_keep_children(struct draft *draft)
{
    GPtrArray *children = g_steal_pointer(&draft->children);
    forget(draft);
    draft->children = children;
    draft->reached = 0;
    draft->has_answered = false;
}

/* The task is over: its draft becomes the spare one. */
static void give_back(struct task *task)
{
    struct draft *draft = g_steal_pointer(&task->draft);
    forget(draft);
    g_clear_pointer(&draft->asked, g_ptr_array_unref);
    if (task->scan->state->draft == NULL)
        task->scan->state->draft = draft;
    else
        draft_free(draft);
}

static bool is_empty(const struct draft *draft)
{
    return !has_some(draft->ledger.findings) && !has_some(draft->children) &&
           !has_some(draft->facts) && !has_some(draft->counts) &&
           !has_some(draft->edits) &&
           (draft->answers == NULL || draft->answers->len == 0) &&
           (draft->seen == NULL || draft->seen->len == 0);
}

unsigned draft_children(const struct task *task)
{
    const GPtrArray *children = task->draft->children;
    return children != NULL ? children->len : 0;
}

static void keep_children(struct task *task)
{
    GPtrArray *children = task->draft->children;
    for (unsigned i = 0; children != NULL && i < children->len; i++)
        message_add(task->scan->message, task->object,
                    g_steal_pointer(&children->pdata[i]));
    if (children != NULL)
        g_ptr_array_set_size(children, 0);
}

static void move_all(GPtrArray *to, GPtrArray *from)
{
    for (unsigned i = 0; from != NULL && i < from->len; i++)
        g_ptr_array_add(to, g_steal_pointer(&from->pdata[i]));
}

static void keep(struct task *task)
{
    struct scan *scan = task->scan;
    struct draft *draft = task->draft;
    ledger_move(&scan->state->ledger, &draft->ledger);
    if (draft->answers != NULL && draft->answers->len > 0)
        g_array_append_vals(scan->answers, draft->answers->data,
                            draft->answers->len);
    for (unsigned i = 0; draft->facts != NULL && i < draft->facts->len; i++) {
        struct fact *fact = draft->facts->pdata[i];
        g_hash_table_insert(scan->facts, g_steal_pointer(&fact->key),
                            g_steal_pointer(&fact->value));
    }
    move_all(scan->counts, draft->counts);
    move_all(scan->edits, draft->edits);
    if (draft->seen != NULL && draft->seen->len > 0)
        match_seen_add(scan, task->index, task->object, draft->seen);
}

/* Fits the code with what the run did; returns the one that counts. */
static int32_t judge(struct task *task, int32_t rc)
{
    const struct draft *draft = task->draft;
    if (rc == ASSAY_RC_LIMIT && draft->reached != 0)
        return ASSAY_RC_OK; /* passed on what it was told: the bound is told */
    if (rc == ASSAY_RC_PENDING && !draft->waits) {
        task_blame(task, "answered PENDING, but no want() said so");
        return ASSAY_RC_STATE;
    }
    if (rc == ASSAY_RC_NOT_APPLICABLE && !is_empty(draft)) {
        task_blame(task, "reported, then answered NOT_APPLICABLE");
        return ASSAY_RC_STATE;
    }
    if (rc == ASSAY_RC_OK && task->stage == ASSAY_STAGE_OBJECT &&
        (task->scanner->flags & ASSAY_FLAG_ANSWERS_ALL) != 0 &&
        !draft->has_answered)
        task_blame(task, "promised to answer every object, but said nothing");
    return rc;
}

static bool is_cut_short(const struct task *task, int32_t rc)
{
    return (rc == ASSAY_RC_CANCELLED || rc == ASSAY_RC_TIMEOUT) &&
           budget_is_late(task->scan);
}

bool draft_finish(struct task *task, int32_t rc)
{
    struct scan *scan = task->scan;
    struct draft *draft = task->draft;
    if (scan->state->writer.task != NULL) {
        if (rc != ASSAY_RC_PENDING)
            task_blame(task, "left a child open");
        writer_drop(scan);
    }
    rc = judge(task, rc);
    if (rc == ASSAY_RC_PENDING) {
        scan->bytes = draft->bytes_before;
        forget(draft);
        return false;
    }
    bool is_late = is_cut_short(task, rc);
    keep_children(task);
    if (rc == ASSAY_RC_OK || is_late)
        keep(task);
    if (is_late)
        blame_late(task);
    else if (draft->broken != NULL ||
             (rc != ASSAY_RC_OK && rc != ASSAY_RC_NOT_APPLICABLE))
        blame_failed(task, rc);
    budget_tell(scan, draft->reached, task->object);
    if (scan->state->ledger.dropped > 0)
        budget_tell(scan, 1u << BOUND_FINDINGS, NULL);
    give_back(task);
    return true;
}
