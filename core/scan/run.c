/* SPDX-License-Identifier: MIT */
/*
 * One scan from beginning to end: by its journal, or anew where that is refused.
 */
#include "base/clock.h"
#include "mail/message.h"
#include "scan/state.h"

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

/* Is it one that was under way?  One that goes on behind a stage has its own time. */
static bool is_under_way(const struct scan_input *input)
{
    return input->journal != NULL && input->journal->until == 0;
}

/* When it must be over: absolute from the first round on. */
static uint64_t deadline_of(const struct scan_input *input, uint64_t latest_ns)
{
    if (input->deadline_ns != 0)
        return input->deadline_ns;
    return is_under_way(input) ? MIN(input->journal->deadline_ns, latest_ns)
                               : latest_ns;
}

static int64_t now_of(const struct scan_input *input)
{
    if (input->now_s != 0)
        return input->now_s;
    return is_under_way(input) ? input->journal->now_s : clock_unix_s();
}

static struct scan *begin(const struct scan_plan *plan,
                          const struct scan_input *input)
{
    struct scan *scan = scan_new(plan, input->message, now_of(input));
    struct scan_state *state = scan->state;
    state->now_ns = clock_mono_ns();
    state->begun_ns = state->now_ns;
    state->until = input->until;
    scan->deadline_ns =
        deadline_of(input, state->now_ns + plan->limits.max_time_ms * 1000000);
    state->waiting = g_array_new(false, false, sizeof(struct task));
    state->seen = g_new0(GHashTable *, plan->scanner_n);
    return scan;
}

/* One way through, by the journal where there is one. */
static struct scan *run_once(const struct scan_plan *plan,
                             const struct scan_input *input)
{
    struct scan *scan = begin(plan, input);
    struct scan_state *state = scan->state;
    scan->ns = input->journal != NULL ? input->journal->ns : 0;
    replay_begin(scan, input);
    if (input->until == 0)
        scan_tell_notes(scan);
    scan_stages(scan);
    if (!scan->is_suspended)
        replay_end(scan);
    if (!scan->is_suspended && input->until != 0)
        replay_stop(scan, input->until);
    scan->open = scan->is_suspended ? state->open : NULL;
    scan->findings_dropped = state->ledger.dropped;
    writer_clear(&state->writer);
    state->replay.journal = NULL; /* was lent for the run */
    scan->ns += clock_mono_ns() - state->begun_ns;
    return scan;
}

/* The message as it was before anybody made children. */
static void parse_again(struct message *message, const struct limits *limits)
{
    const struct object *root = message->objects->pdata[0];
    g_autoptr(GBytes) raw = g_bytes_ref(root->bytes);
    struct message *fresh = message_new(raw, message->session, limits);
    struct message old = *message;
    *message = *fresh;
    message->anew = old.anew + 1;
    *fresh = old;
    message_free(fresh);
}

/* The journal without its entries: answers, and what is to be told. */
static struct journal answers_of(const struct journal *journal,
                                 const struct scan *refused)
{
    struct journal answers = *journal;
    answers.entry_n = 0;
    answers.until = 0;
    answers.anew++;
    answers.differs = refused->state->replay.differs;
    answers.differs_at = refused->state->replay.differs_at;
    return answers;
}

struct scan *scan_run_input(const struct scan_plan *plan,
                            const struct scan_input *input)
{
    g_assert(input->until <= ASSAY_STAGE_RCPT);
    struct scan *scan = run_once(plan, input);
    const char *why = scan->state->replay.refused;
    if (why == NULL || input->journal == NULL)
        return scan;
    /* Without entries there is nothing to refuse: once is enough. */
    struct journal answers = answers_of(input->journal, scan);
    struct scan_input again = *input;
    again.journal = &answers;
    again.may_suspend = input->may_suspend && answers.anew <= JOURNAL_ANEW_MAX;
    again.now_s = scan->now_s;
    again.deadline_ns = scan->deadline_ns;
    scan_free(scan);
    parse_again(input->message, &plan->limits);
    scan = run_once(plan, &again);
    scan->journal_refused = why;
    return scan;
}

uint64_t scan_plan_stages(const struct scan_plan *plan)
{
    uint64_t stages = 0;
    for (size_t i = 0; i < plan->scanner_n; i++)
        stages |= plan->scanners[i]->stages;
    return stages;
}

struct scan *scan_run(const struct scan_plan *plan, struct message *message,
                      int64_t now_s)
{
    const struct scan_input input = {.message = message, .now_s = now_s};
    return scan_run_input(plan, &input);
}

static void free_state(struct scan *scan)
{
    struct scan_state *state = scan->state;
    draft_free(state->draft);
    for (unsigned i = 0; state->waiting != NULL && i < state->waiting->len; i++)
        draft_free(g_array_index(state->waiting, struct task, i).draft);
    if (state->waiting != NULL)
        g_array_unref(state->waiting);
    replay_clear(&state->replay);
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
    if (scan->journal != NULL)
        g_bytes_unref(scan->journal);
    g_free(scan);
}
