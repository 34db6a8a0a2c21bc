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

/* Asks the scanner; true: it waits. */
static bool ask(struct task *task)
{
    struct scan *scan = task->scan;
    struct scan_use *use = &scan->uses[task->index];
    draft_begin(task);
    uint64_t before = clock_mono_ns();
    int32_t rc = task->scanner->handle(task->scanner->self, task);
    scan->state->now_ns = clock_mono_ns();
    use->calls++;
    use->ns += scan->state->now_ns - before;
    return !draft_finish(task, rc);
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
    for (size_t i = 0; i < plan->scanner_n; i++) {
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

/* Gets the answers and runs again what waits for them, in the same order. */
static void replay(struct scan *scan)
{
    struct scan_state *state = scan->state;
    want_resolve(scan);
    state->now_ns = clock_mono_ns();
    g_autoptr(GArray) again = g_steal_pointer(&state->waiting);
    state->waiting = g_array_new(false, false, sizeof(struct task));
    for (unsigned i = 0; i < again->len; i++) {
        struct task *task = &g_array_index(again, struct task, i);
        if (task->draft != NULL)
            task->round++;
        run(task);
    }
}

/* A stage ends when all its tasks have finished. */
static void run_stage(struct scan *scan, uint32_t stage, struct object *object)
{
    ask_all(scan, stage, object, FINDING_ALL_RCPTS);
    while (scan->state->waiting->len > 0)
        replay(scan);
}

static void run_rcpt(struct scan *scan)
{
    const GPtrArray *rcpts = scan->message->session->rcpts;
    for (unsigned i = 0; i < rcpts->len; i++)
        ask_all(scan, ASSAY_STAGE_RCPT, NULL, (int32_t)i);
    while (scan->state->waiting->len > 0)
        replay(scan);
}

/* Notes become findings of "core"; a scan may add to them. */
static void tell_notes(struct scan *scan)
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
    tell_notes(scan);
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
    for (;;) {
        while (next < objects->len) {
            struct object *object = objects->pdata[next++];
            if (!object->is_expanded && !is_mail_late(scan, object))
                expand(scan, object);
            ask_all(scan, ASSAY_STAGE_OBJECT, object, FINDING_ALL_RCPTS);
        }
        if (scan->state->waiting->len == 0)
            break;
        replay(scan);
    }
}

/* --- one scan -------------------------------------------------------------------- */

struct scan *scan_new(const struct scan_plan *plan, struct message *message,
                      int64_t now_s)
{
    struct scan *scan = g_new0(struct scan, 1);
    struct scan_state *state = g_new0(struct scan_state, 1);
    scan->plan = plan;
    scan->message = message;
    scan->now_s = now_s;
    scan->facts =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    scan->uses = g_new0(struct scan_use, plan->scanner_n);
    for (size_t i = 0; i < plan->scanner_n; i++)
        scan->uses[i].scanner = plan->scanners[i]->name;
    scan->answers = g_array_new(false, false, sizeof(struct scan_answer));
    scan->counts = draft_counts_new();
    scan->edits = draft_edits_new();
    ledger_init(&state->ledger, plan->limits.max_findings);
    scan->findings = state->ledger.findings;
    scan->state = state;
    return scan;
}

static struct scan *begin(const struct scan_plan *plan, struct message *message,
                          int64_t now_s)
{
    struct scan *scan =
        scan_new(plan, message, now_s != 0 ? now_s : clock_unix_s());
    struct scan_state *state = scan->state;
    state->now_ns = clock_mono_ns();
    scan->deadline_ns = state->now_ns + plan->limits.max_time_ms * 1000000;
    state->waiting = g_array_new(false, false, sizeof(struct task));
    state->seen = g_new0(GHashTable *, plan->scanner_n);
    return scan;
}

static void run_stages(struct scan *scan)
{
    const struct session *session = scan->message->session;
    struct object *root = scan->message->objects->pdata[0];
    if (session->client_ip != NULL)
        run_stage(scan, ASSAY_STAGE_CONNECT, NULL);
    if (session->helo != NULL)
        run_stage(scan, ASSAY_STAGE_HELO, NULL);
    if (session->mail_from != NULL)
        run_stage(scan, ASSAY_STAGE_MAIL, NULL);
    run_rcpt(scan);
    run_stage(scan, ASSAY_STAGE_HEADERS, root);
    run_objects(scan);
    run_stage(scan, ASSAY_STAGE_MESSAGE, root);
}

struct scan *scan_run(const struct scan_plan *plan, struct message *message,
                      int64_t now_s)
{
    struct scan *scan = begin(plan, message, now_s);
    struct scan_state *state = scan->state;
    uint64_t started = state->now_ns;
    tell_notes(scan);
    run_stages(scan);
    scan->findings_dropped = state->ledger.dropped;
    writer_clear(&state->writer);
    scan->ns = clock_mono_ns() - started;
    return scan;
}

static void free_state(struct scan *scan)
{
    struct scan_state *state = scan->state;
    draft_free(state->draft);
    if (state->waiting != NULL)
        g_array_unref(state->waiting);
    for (size_t i = 0; state->seen != NULL && i < scan->plan->scanner_n; i++)
        if (state->seen[i] != NULL)
            g_hash_table_unref(state->seen[i]);
    g_free(state->seen);
    want_clear(state);
    ledger_clear(&state->ledger);
    g_free(state);
}

void scan_free(struct scan *scan)
{
    if (scan == NULL)
        return;
    free_state(scan);
    g_array_unref(scan->answers);
    g_hash_table_unref(scan->facts);
    g_ptr_array_unref(scan->counts);
    g_ptr_array_unref(scan->edits);
    g_free(scan->uses);
    g_free(scan);
}
