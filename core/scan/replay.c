/* SPDX-License-Identifier: MIT */
#include "scan/replay.h"

#include "base/clock.h"
#include "mail/message.h"
#include "scan/state.h"
#include "scan/tape.h"
#include "scan/wishes.h"

#include <string.h>

enum {
    RECORD_FIRST = 1024, /* a small mail's entries */
    ENTRY_SIZE = 32      /* before the tape */
};

/* A run again may take as long as it did, and this more. */
#define RERUN_SPARE_NS UINT64_C(100000000)

static const char goes_on[] = "it goes on where this scan ends";

/* --- beginning and end ------------------------------------------------------------- */

/* How many recipients it has been asked about. */
static uint32_t last_group(const struct journal *journal)
{
    const GArray *groups = journal->groups;
    return groups->len > 0 ? g_array_index(groups, uint32_t, groups->len - 1)
                           : 0;
}

/* Are the scanners those of the journal? */
static bool is_same_plan(const struct scan_plan *plan,
                         const struct journal *journal)
{
    if (journal->scanners->len != plan->scanner_n)
        return false;
    for (size_t i = 0; i < plan->scanner_n; i++)
        if (strcmp(journal->scanners->pdata[i], plan->scanners[i]->name) != 0)
            return false;
    return true;
}

/* One that waits is in the middle of its own. */
static bool is_same_session(const struct session *session,
                            const struct journal *journal)
{
    uint8_t digest[DIGEST_SIZE];
    if (journal->until == 0)
        return true;
    replay_session(session, journal->until, last_group(journal), digest);
    return memcmp(digest, journal->session, DIGEST_SIZE) == 0;
}

static void begin_journal(struct scan *scan, const struct journal *journal)
{
    struct replay *replay = &scan->state->replay;
    replay->journal = journal;
    replay->anew = journal->anew;
    replay->left = journal->entry_n;
    replay->is_on = journal->entry_n > 0;
    unpacker_init(&replay->entries, journal->entries->data,
                  journal->entries->len);
    bool is_same = is_same_plan(scan->plan, journal);
    if (is_same) {
        replay->differs = journal->differs;
        replay->differs_at = journal->differs_at;
    }
    if (journal->entry_n == 0)
        return;
    if (!is_same)
        replay->refused = "it is of other scanners";
    else if (!is_same_session(scan->message->session, journal))
        replay->refused = "it is of another session";
    if (replay->record == NULL)
        return;
    pack_raw(&replay->to, journal->entries->data, journal->entries->len);
    g_array_append_vals(replay->groups, journal->groups->data,
                        journal->groups->len);
    replay->recorded = journal->entry_n;
}

void replay_begin(struct scan *scan, const struct scan_input *input)
{
    struct replay *replay = &scan->state->replay;
    replay->differs = JOURNAL_NONE;
    replay->differs_at = JOURNAL_NONE;
    replay->may_suspend = input->may_suspend;
    if (input->may_suspend || input->until != 0) {
        size_t max = input->journal_max != 0 ? input->journal_max : JOURNAL_MAX;
        replay->record = g_byte_array_sized_new(RECORD_FIRST);
        replay->groups = g_array_new(false, false, sizeof(uint32_t));
        packer_grow(&replay->to, replay->record, MIN(max, JOURNAL_MAX));
    }
    if (input->journal != NULL)
        begin_journal(scan, input->journal);
    if (replay->is_on)
        scan->state->now_ns = 0; /* no entry was ever made too late */
}

void replay_clear(struct replay *replay)
{
    g_clear_pointer(&replay->record, g_byte_array_unref);
    g_clear_pointer(&replay->groups, g_array_unref);
}

void replay_round(struct scan *scan)
{
    struct replay *replay = &scan->state->replay;
    replay->is_on = replay->is_on && replay->left > 0;
    scan->state->now_ns = replay->is_on ? 0 : clock_mono_ns();
}

bool replay_ends_group(struct scan *scan, uint32_t rcpts)
{
    struct replay *replay = &scan->state->replay;
    const GArray *groups = replay->is_on ? replay->journal->groups : NULL;
    if (groups == NULL || replay->group >= groups->len ||
        g_array_index(groups, uint32_t, replay->group) != rcpts)
        return false;
    replay->group++;
    return true;
}

void replay_stage_end(struct scan *scan, uint32_t stage, uint32_t rcpts)
{
    struct replay *replay = &scan->state->replay;
    if (!replay->is_on || replay->refused != NULL ||
        replay->journal->until != stage ||
        (stage == ASSAY_STAGE_RCPT && last_group(replay->journal) != rcpts))
        return;
    if (replay->left > 0) {
        replay->refused = goes_on;
        return;
    }
    replay->is_on = false;
    scan->state->now_ns = clock_mono_ns();
}

void replay_end(struct scan *scan)
{
    struct replay *replay = &scan->state->replay;
    if (replay->left > 0 && replay->refused == NULL)
        replay->refused = goes_on;
    if (replay->differs == JOURNAL_NONE || replay->refused != NULL)
        return;
    /* The object that it was about does not come up any more. */
    struct finding *finding =
        finding_new(scan->plan->scanners[replay->differs]->name);
    finding->kind = ASSAY_KIND_FAILED;
    finding->name = g_strdup("rule");
    finding->text = g_strdup(REPLAY_DIFFERS);
    finding->reply_text = g_strdup("");
    ledger_add(&scan->state->ledger, finding);
}

/* --- writing down ------------------------------------------------------------------ */

static uint32_t object_of(const struct task *task)
{
    return task->object != NULL ? task->object->id : JOURNAL_NONE;
}

static void put_u32(uint8_t *to, uint32_t value)
{
    uint32_t little = GUINT32_TO_LE(value);
    memcpy(to, &little, sizeof little);
}

void replay_record(struct task *task, int32_t rc, uint64_t ns)
{
    struct replay *replay = &task->scan->state->replay;
    if (replay->differs == task->index && task->round == 0 &&
        replay->differs_at == object_of(task)) {
        replay->differs = JOURNAL_NONE;
        task_blame(task, REPLAY_DIFFERS);
    }
    if (replay->record == NULL || replay->to.is_full)
        return;
    uint8_t head[ENTRY_SIZE];
    put_u32(head, (uint32_t)task->index);
    put_u32(head + 4, task->stage);
    put_u32(head + 8, object_of(task));
    put_u32(head + 12, (uint32_t)task->rcpt);
    put_u32(head + 16, task->round);
    put_u32(head + 20, (uint32_t)ns);
    put_u32(head + 24, (uint32_t)(ns >> 32));
    put_u32(head + 28, 0);
    pack_raw(&replay->to, head, sizeof head);
    size_t begin = replay->to.n;
    tape_record(task, rc, TAPE_COUNT, &replay->to);
    if (!replay->to.is_full)
        pack_u32_at(&replay->to, begin - 4, (uint32_t)(replay->to.n - begin));
    replay->recorded++;
}

/* --- taking up --------------------------------------------------------------------- */

void replay_answers(struct scan *scan)
{
    const struct journal *journal = scan->state->replay.journal;
    GPtrArray *open = scan->state->open;
    unsigned kept = 0;
    if (journal == NULL)
        return;
    for (unsigned i = 0; i < open->len; i++) {
        struct wish *wish = open->pdata[i];
        const struct wish *known = g_hash_table_lookup(journal->index, wish);
        if (known == NULL) {
            open->pdata[kept++] = wish;
            continue;
        }
        wish_answer(wish, known);
        if (wish->state == 0)
            wish->state = ASSAY_ANSWER_SERVFAIL;
    }
    g_ptr_array_set_size(open, (int)kept);
}

static bool are_same(const struct task *task, const struct tape *tape)
{
    const struct journal *journal = task->scan->state->replay.journal;
    if (draft_children(task) != tape->children)
        return false;
    for (unsigned i = 0; i < tape->children; i++) {
        struct object *child = task->draft->children->pdata[i];
        const struct journal_child *was = journal_child(journal, child->id);
        if (was == NULL || was->size != child->size ||
            memcmp(was->digest, object_digest(child), DIGEST_SIZE) != 0)
            return false;
    }
    return true;
}

/* Calls the scanner once more, for its children alone. */
static void make_children(struct task *task, const struct tape *tape,
                          uint64_t ns)
{
    struct scan *scan = task->scan;
    struct replay *replay = &scan->state->replay;
    struct draft *draft = task->draft;
    uint64_t deadline_ns = task->deadline_ns;
    uint64_t max_ns = scan->plan->limits.max_time_ms * 1000000;
    bool waits = draft->waits;
    task->deadline_ns = MAX(deadline_ns, clock_mono_ns() + RERUN_SPARE_NS +
                                             2 * MIN(ns, max_ns));
    replay->is_rerun = true;
    task->scanner->handle(task->scanner->self, task);
    replay->is_rerun = false;
    task->deadline_ns = deadline_ns;
    if (scan->state->writer.task != NULL)
        writer_drop(scan);
    draft_keep_children(draft);
    draft->waits = waits;
    draft->unpacked = MIN(tape->unpacked, scan->plan->limits.max_bytes);
    scan->bytes = draft->bytes_before + draft->unpacked;
    if (are_same(task, tape))
        return;
    replay->refused = "the children of an object differ";
    replay->differs = (uint32_t)task->index;
    replay->differs_at = object_of(task);
}

/* Reads the head of an entry; true: it is this task's. */
static bool is_entry_of(const struct task *task, struct unpacker *from)
{
    bool is_it = unpack_u32(from) == task->index;
    is_it = unpack_u32(from) == task->stage && is_it;
    is_it = unpack_u32(from) == object_of(task) && is_it;
    is_it = unpack_i32(from) == task->rcpt && is_it;
    return unpack_u32(from) == task->round && is_it;
}

int32_t replay_task(struct task *task)
{
    struct scan *scan = task->scan;
    struct replay *replay = &scan->state->replay;
    struct unpacker *from = &replay->entries;
    const uint8_t *p;
    size_t n;
    if (replay->left == 0 || !is_entry_of(task, from)) {
        replay->refused = "it tells of other questions";
        return ASSAY_RC_INTERNAL;
    }
    uint64_t ns = unpack_u64(from);
    unpack_bytes(from, &p, &n, UNPACK_ANY);
    replay->left--;
    struct unpacker said;
    struct tape tape;
    unpacker_init(&said, p, n);
    tape_begin(task, &said, &tape);
    if (tape.children > 0 && !said.is_bad)
        make_children(task, &tape, ns);
    tape_end(task, &tape);
    if (!unpack_end(&said) && replay->refused == NULL)
        replay->refused = "an answer in it is not well made";
    scan->uses[task->index].calls++;
    scan->uses[task->index].ns += ns;
    return tape.rc;
}
