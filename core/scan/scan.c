/* SPDX-License-Identifier: MIT */
/*
 * The loop: stage by stage, object by object, scanner by scanner.
 */
#include "base/clock.h"
#include "mail/message.h"
#include "scan/state.h"

#include <stdatomic.h>
#include <string.h>

/* Every run of every task of this process has its own id. */
static atomic_uint_fast64_t last_task_id;

bool scan_is_below(const struct object *object, const struct object *above)
{
    while (object != NULL && object != above)
        object = object->parent;
    return object != NULL;
}

/* --- one task ------------------------------------------------------------------ */

/* Does it end here, suspended or because its journal is not its own? */
static bool is_stopped(const struct scan *scan)
{
    return scan->is_suspended || scan->state->replay.refused != NULL;
}

static int32_t call(struct task *task)
{
    struct scan *scan = task->scan;
    struct scan_use *use = &scan->uses[task->index];
    uint64_t before = clock_mono_ns();
    int32_t rc = task->scanner->handle(task->scanner->self, task);
    scan->state->now_ns = clock_mono_ns();
    uint64_t ns = scan->state->now_ns - before;
    use->calls++;
    use->ns += ns;
    replay_record(task, rc, ns);
    return rc;
}

/* Asks the scanner; true: it waits. */
static bool ask(struct task *task)
{
    struct replay *replay = &task->scan->state->replay;
    draft_begin(task);
    int32_t rc = replay->is_on ? replay_task(task) : call(task);
    if (replay->refused == NULL)
        return !draft_finish(task, rc);
    draft_free(g_steal_pointer(&task->draft));
    return false;
}

/* Must the task wait for one that waits already? */
static bool is_behind(const struct task *task, const GArray *waiting)
{
    for (unsigned i = 0; i < waiting->len; i++) {
        const struct task *other = &g_array_index(waiting, struct task, i);
        if (other->stage == task->stage && other->object == task->object &&
            other->rcpt == task->rcpt &&
            scan_reads_from(task->scanner, other->scanner) != NULL)
            return true;
    }
    return false;
}

static bool is_late(struct scan *scan, struct object *object)
{
    if (!budget_is_late(scan))
        return false;
    budget_tell(scan, 1u << BOUND_TIME, object);
    return true;
}

/* Asks, or puts aside. */
static void run(struct task *task)
{
    GArray *waiting = task->scan->state->waiting;
    if (is_late(task->scan, task->object))
        draft_free(g_steal_pointer(&task->draft));
    else if (is_behind(task, waiting) || ask(task))
        g_array_append_val(waiting, *task);
}

/* --- one stage ------------------------------------------------------------------- */

/* Is the object something that the scanner should see? */
static bool is_wanted(struct task *task, bool is_container)
{
    switch (match_object(task->scanner, task->object, is_container)) {
    case MATCH_NO:
        return false;
    case MATCH_TOO_LARGE:
        blame_too_large(task);
        return false;
    case MATCH_YES:
        break;
    }
    return !match_seen(task->scan, task->index, task->object);
}

/* Asks every scanner that takes part in the stage. */
static void ask_all(struct scan *scan, uint32_t stage, struct object *object,
                    int32_t rcpt)
{
    const struct scan_plan *plan = scan->plan;
    bool is_container =
        object != NULL && (object->flags & ASSAY_OBJECT_CONTAINER) != 0;
    for (size_t i = 0; i < plan->scanner_n && !is_stopped(scan); i++) {
        if ((plan->scanners[i]->stages & ASSAY_STAGE_BIT(stage)) == 0)
            continue;
        struct task task = {
            .scan = scan,
            .scanner = plan->scanners[i],
            .index = i,
            .stage = stage,
            .rcpt = rcpt,
            .deadline_ns = scan->deadline_ns,
            .object = object,
        };
        if (stage == ASSAY_STAGE_OBJECT && !is_wanted(&task, is_container))
            continue;
        task.id = atomic_fetch_add(&last_task_id, 1) + 1;
        run(&task);
    }
}

/* Gets the answers and runs again what waits for them, in the same order.  False: the
 * scan ends here. */
static bool run_again(struct scan *scan)
{
    struct scan_state *state = scan->state;
    if (!want_resolve(scan))
        return false;
    replay_round(scan);
    g_autoptr(GArray) again = g_steal_pointer(&state->waiting);
    state->waiting = g_array_new(false, false, sizeof(struct task));
    for (unsigned i = 0; i < again->len; i++) {
        struct task *task = &g_array_index(again, struct task, i);
        if (task->draft != NULL)
            task->round++;
        if (is_stopped(scan))
            draft_free(task->draft);
        else
            run(task);
    }
    return !is_stopped(scan);
}

/* Until all tasks of a stage have finished, or the scan ends. */
static void finish_stage(struct scan *scan)
{
    bool goes_on = !is_stopped(scan);
    while (goes_on && scan->state->waiting->len > 0)
        goes_on = run_again(scan);
}

/* A stage ends when all its tasks have finished. */
static void run_stage(struct scan *scan, uint32_t stage, struct object *object)
{
    ask_all(scan, stage, object, FINDING_ALL_RCPTS);
    finish_stage(scan);
}

/* All recipients that are asked about at once wait together. */
static void run_rcpt(struct scan *scan)
{
    const GPtrArray *rcpts = scan->message->session->rcpts;
    for (unsigned i = 0; i < rcpts->len && !is_stopped(scan); i++) {
        ask_all(scan, ASSAY_STAGE_RCPT, NULL, (int32_t)i);
        if (!replay_ends_group(scan, i + 1))
            continue;
        finish_stage(scan);
        replay_stage_end(scan, ASSAY_STAGE_RCPT, i + 1);
    }
    finish_stage(scan);
}

void scan_tell_notes(struct scan *scan)
{
    GPtrArray *notes = scan->message->notes;
    while (scan->state->notes_told < notes->len) {
        const struct note *note = notes->pdata[scan->state->notes_told++];
        struct finding *finding = finding_new(g_intern_static_string("core"));
        finding->status = note->kind == ASSAY_KIND_PARTIAL
                              ? ASSAY_STATUS_UNSCANNABLE
                              : ASSAY_STATUS_FOUND;
        finding->kind = note->kind;
        finding->reason = note->reason;
        finding->object = note->object;
        finding->name = g_strdup(note->name);
        finding->text = g_strdup(note->text != NULL ? note->text : "");
        finding->reply_text = g_strdup("");
        ledger_add(&scan->state->ledger, finding);
    }
}

/* A mail that was found inside an archive becomes parts below it. */
static void expand(struct scan *scan, struct object *object)
{
    GPtrArray *objects = scan->message->objects;
    unsigned before = objects->len;
    message_expand(scan->message, object, &scan->plan->limits);
    uint64_t size = 0;
    for (unsigned i = before; i < objects->len; i++)
        size += ((const struct object *)objects->pdata[i])->size;
    if (objects->len > before)
        budget_charge(scan, size, object);
    scan_tell_notes(scan);
}

/* A mail that stays closed is told, also where no scanner would have looked at it. */
static bool is_mail_late(struct scan *scan, struct object *object)
{
    return budget_is_late(scan) &&
           (strcmp(object->type_detected, "message/rfc822") != 0 ||
            is_late(scan, object));
}

/* The queue: every object, those that come up meanwhile included. */
static void run_objects(struct scan *scan)
{
    const GPtrArray *objects = scan->message->objects;
    unsigned next = 0;
    bool goes_on = true;
    while (goes_on) {
        while (next < objects->len && !is_stopped(scan)) {
            struct object *object = objects->pdata[next++];
            if (!object->is_expanded && !is_mail_late(scan, object))
                expand(scan, object);
            ask_all(scan, ASSAY_STAGE_OBJECT, object, FINDING_ALL_RCPTS);
        }
        goes_on = !is_stopped(scan) && scan->state->waiting->len > 0 &&
                  run_again(scan);
    }
}

/* --- all stages ------------------------------------------------------------------ */

/* Does the session know what the stage is about? */
static bool is_known(const struct session *session, uint32_t stage)
{
    switch (stage) {
    case ASSAY_STAGE_CONNECT:
        return session->client_ip != NULL;
    case ASSAY_STAGE_HELO:
        return session->helo != NULL;
    default:
        return session->mail_from != NULL;
    }
}

void scan_stages(struct scan *scan)
{
    const struct session *session = scan->message->session;
    struct object *root = scan->message->objects->pdata[0];
    for (uint32_t stage = ASSAY_STAGE_CONNECT; stage < ASSAY_STAGE_RCPT;
         stage++) {
        if (is_known(session, stage))
            run_stage(scan, stage, NULL);
        replay_stage_end(scan, stage, 0);
        if (scan->state->until == stage)
            return;
    }
    run_rcpt(scan);
    if (scan->state->until == ASSAY_STAGE_RCPT)
        return;
    run_stage(scan, ASSAY_STAGE_HEADERS, root);
    run_objects(scan);
    run_stage(scan, ASSAY_STAGE_MESSAGE, root);
}
