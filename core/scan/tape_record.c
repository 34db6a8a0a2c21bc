/* SPDX-License-Identifier: MIT */
/*
 * The recording half of scan/tape.h.
 */
#include "scan/state.h"
#include "scan/tape.h"
#include "scan/tape_parts.h"

#include <string.h>

static unsigned length(const GPtrArray *list)
{
    return list != NULL ? list->len : 0;
}

static uint32_t part_if(bool is_there, uint32_t part)
{
    return is_there ? part : 0;
}

static unsigned wish_count(const struct draft *draft)
{
    return length(draft->asked) - draft->asked_before;
}

/* The rule that the run broke, one that draft_finish will notice included. */
static const char *broken_rule(const struct task *task)
{
    if (task->draft->broken != NULL)
        return task->draft->broken;
    return task->scan->state->writer.task == task ? "left a child open" : NULL;
}

static void put_broken(const struct task *task, struct packer *to)
{
    const char *failure = task->draft->failure;
    pack_text(to, failure != NULL ? failure : "");
    pack_text(to, broken_rule(task));
}

static uint32_t parts_of(const struct task *task, enum tape_children children)
{
    const struct draft *d = task->draft;
    return part_if(wish_count(d) > 0, TAPE_WISHES) |
           part_if(length(d->children) > 0 || d->unpacked > 0, TAPE_CHILDREN) |
           part_if(children == TAPE_CONTENT && length(d->children) > 0,
                   TAPE_HAS_CONTENT) |
           part_if(length(d->ledger.findings) > 0, TAPE_FINDINGS) |
           part_if(d->answers != NULL && d->answers->len > 0, TAPE_ANSWERS) |
           part_if(length(d->facts) > 0, TAPE_FACTS) |
           part_if(length(d->counts) > 0, TAPE_COUNTS) |
           part_if(length(d->edits) > 0, TAPE_EDITS) |
           part_if(d->seen != NULL && d->seen->len > 0, TAPE_SEEN) |
           part_if(broken_rule(task) != NULL, TAPE_BROKEN) |
           part_if(d->reached != 0 || d->ledger.dropped > 0, TAPE_BOUNDS) |
           part_if(d->has_answered, TAPE_ANSWERED);
}

static void put_object(const struct task *task, const struct object *object,
                       struct packer *to)
{
    uint32_t first = task->scan->message->objects->len;
    if (object == NULL)
        pack_u32(to, TAPE_NO_OBJECT);
    else if (object == task->object)
        pack_u32(to, TAPE_OWN_OBJECT);
    else if (object->id >= first)
        pack_u32(to, TAPE_CHILD + 2 * (object->id - first));
    else
        pack_u32(to, TAPE_OTHER + 2 * object->id);
}

static void put_wishes(const struct draft *draft, struct packer *to)
{
    pack_u32(to, wish_count(draft));
    for (unsigned i = draft->asked_before; i < draft->asked->len; i++) {
        const struct wish *wish = draft->asked->pdata[i];
        pack_u32(to, wish->kind);
        pack_u32(to, wish->type);
        pack_text(to, wish->key);
        pack_bool(to, wish->state == 0);
    }
}

static void put_child(const struct object *child, struct packer *to)
{
    pack_u32(to, child->kind);
    pack_u64(to, child->flags);
    pack_u64(to, child->packed_size);
    pack_u64(to, child->told_size);
    pack_i64(to, child->mtime);
    pack_text(to, child->type_declared);
    pack_text(to, child->method);
    pack_bool(to, child->is_name_cut);
    pack_u32(to, length(child->names));
    for (unsigned i = 0; i < length(child->names); i++) {
        const struct object_name *name = child->names->pdata[i];
        pack_text(to, name->text);
        pack_bytes(to, name->raw, name->raw_n);
    }
    pack_bytes(to, child->data, child->size);
}

static void put_children(const struct draft *draft, bool with_content,
                         struct packer *to)
{
    pack_u64(to, draft->unpacked);
    pack_u32(to, length(draft->children));
    for (unsigned i = 0; with_content && i < length(draft->children); i++)
        put_child(draft->children->pdata[i], to);
}

static void put_finding(const struct task *task, const struct finding *f,
                        struct packer *to)
{
    pack_u32(to, f->status);
    /* UNSCANNABLE is reported without a kind; the host makes that. */
    pack_u32(to, f->status == ASSAY_STATUS_UNSCANNABLE ? 0 : f->kind);
    pack_u32(to, f->reason);
    pack_u32(to, f->confidence);
    pack_i32(to, f->log_odds_milli);
    pack_u32(to, f->advice);
    pack_i32(to, f->rcpt);
    pack_u32(to, f->delay_ms);
    pack_u32(to, f->reply_code);
    put_object(task, f->object, to);
    pack_text(to, f->name);
    pack_text(to, f->text);
    pack_text(to, f->reply_text);
}

static void put_findings(const struct task *task, struct packer *to)
{
    const GPtrArray *findings = task->draft->ledger.findings;
    pack_u32(to, findings->len);
    for (unsigned i = 0; i < findings->len; i++)
        put_finding(task, findings->pdata[i], to);
}

static void put_answers(const struct task *task, struct packer *to)
{
    const GArray *answers = task->draft->answers;
    pack_u32(to, answers->len);
    for (unsigned i = 0; i < answers->len; i++) {
        const struct scan_answer *answer =
            &g_array_index(answers, struct scan_answer, i);
        pack_u32(to, answer->status);
        pack_i32(to, answer->rcpt);
        put_object(task, answer->object, to);
    }
}

static void put_facts(const GPtrArray *facts, struct packer *to)
{
    pack_u32(to, facts->len);
    for (unsigned i = 0; i < facts->len; i++) {
        const struct fact *fact = facts->pdata[i];
        pack_text(to, fact->key);
        pack_text(to, fact->value);
    }
}

static void put_counts(const GPtrArray *counts, struct packer *to)
{
    pack_u32(to, counts->len);
    for (unsigned i = 0; i < counts->len; i++) {
        const struct scan_count *count = counts->pdata[i];
        pack_text(to, count->name);
        pack_text(to, count->key);
        pack_i64(to, count->n);
    }
}

static void put_edits(const GPtrArray *edits, struct packer *to)
{
    pack_u32(to, edits->len);
    for (unsigned i = 0; i < edits->len; i++) {
        const struct scan_edit *edit = edits->pdata[i];
        size_t n;
        const void *value = g_bytes_get_data(edit->value, &n);
        pack_u32(to, edit->kind);
        pack_u32(to, edit->index);
        pack_u64(to, edit->offset);
        pack_u64(to, edit->length);
        pack_text(to, edit->name);
        pack_bytes(to, value, n);
    }
}

static void put_seen(const GByteArray *seen, struct packer *to)
{
    pack_u32(to, seen->len / DIGEST_SIZE);
    pack_raw(to, seen->data, seen->len);
}

static void put_bounds(const struct draft *draft, struct packer *to)
{
    pack_u32(to, draft->reached);
    pack_u64(to, draft->ledger.dropped);
}

static void put_parts(const struct task *task, uint32_t parts,
                      struct packer *to)
{
    const struct draft *draft = task->draft;
    if ((parts & TAPE_WISHES) != 0)
        put_wishes(draft, to);
    if ((parts & TAPE_CHILDREN) != 0)
        put_children(draft, (parts & TAPE_HAS_CONTENT) != 0, to);
    if ((parts & TAPE_FINDINGS) != 0)
        put_findings(task, to);
    if ((parts & TAPE_ANSWERS) != 0)
        put_answers(task, to);
    if ((parts & TAPE_FACTS) != 0)
        put_facts(draft->facts, to);
    if ((parts & TAPE_COUNTS) != 0)
        put_counts(draft->counts, to);
    if ((parts & TAPE_EDITS) != 0)
        put_edits(draft->edits, to);
    if ((parts & TAPE_SEEN) != 0)
        put_seen(draft->seen, to);
    if ((parts & TAPE_BROKEN) != 0)
        put_broken(task, to);
    if ((parts & TAPE_BOUNDS) != 0)
        put_bounds(draft, to);
}

void tape_record(const struct task *task, int32_t rc,
                 enum tape_children children, struct packer *to)
{
    uint32_t parts = parts_of(task, children);
    if (rc == ASSAY_RC_PENDING && task->draft->waits)
        parts &= TAPE_WISHES;
    pack_i32(to, rc);
    pack_u32(to, parts);
    if ((parts & ~(uint32_t)TAPE_ANSWERED) != 0)
        put_parts(task, parts, to);
}
