/* SPDX-License-Identifier: MIT */
/*
 * The playing half of scan/tape.h.
 */
#include "base/escape.h"
#include "mail/message.h"
#include "scan/state.h"
#include "scan/tape.h"
#include "scan/tape_parts.h"

#include <string.h>

enum {
    WISH_KEY_MAX = 1024,
    KEY_MAX = 64,
    VALUE_MAX = 4096,
    NAMES_MAX = 16,
    NAME_MAX_BYTES = 4096,
    NAME_TEXT_MAX = 16 * NAME_MAX_BYTES, /* TSCII makes 12 bytes of one */
    TYPE_MAX = 127,
    METHOD_MAX = 255,
    FIELD_NAME_MAX = 76,
    RULE_MAX = 512
};

static struct assay_str str_of(const char *text)
{
    return (struct assay_str){text, text != NULL ? strlen(text) : 0};
}

/* --- wishes and children --------------------------------------------------------- */

static void play_wish(struct task *task, struct unpacker *from)
{
    uint32_t kind = unpack_u32(from);
    uint32_t type = unpack_u32(from);
    g_autofree char *key = unpack_string(from, WISH_KEY_MAX);
    bool was_open = unpack_bool(from);
    if (from->is_bad)
        return;
    /* A name loses its final dot when it is asked; this one has lost it already. */
    g_autofree char *name =
        kind == ASSAY_WANT_DNS ? g_strconcat(key, ".", NULL) : NULL;
    const struct wish *wish = NULL;
    int32_t rc = task_want(task, kind, type, name != NULL ? name : key, &wish);
    if (rc != ASSAY_RC_OK && rc != ASSAY_RC_PENDING)
        unpack_refuse(from);
    /* Somebody else has asked it meanwhile: the run is still to be made again. */
    if (rc == ASSAY_RC_OK && was_open &&
        task->round < task->scan->plan->limits.max_rounds)
        task->draft->waits = true;
}

void tape_begin(struct task *task, struct unpacker *from, struct tape *out)
{
    *out = (struct tape){.from = from};
    out->rc = unpack_i32(from);
    out->parts = unpack_u32(from);
    if ((out->parts & ~(uint32_t)TAPE_ALL) != 0)
        unpack_refuse(from);
    if ((out->parts & TAPE_WISHES) != 0) {
        uint32_t n = unpack_count(from, UINT32_MAX, 13);
        for (uint32_t i = 0; i < n; i++)
            play_wish(task, from);
    }
    if ((out->parts & TAPE_CHILDREN) != 0) {
        out->unpacked = unpack_u64(from);
        out->children = unpack_u32(from);
    }
}

static void play_names(struct object *child, struct unpacker *from)
{
    bool is_name_cut = unpack_bool(from);
    uint32_t n = unpack_count(from, NAMES_MAX, 8);
    for (uint32_t i = 0; i < n; i++) {
        const uint8_t *raw;
        size_t raw_n;
        g_autofree char *text = unpack_string(from, NAME_TEXT_MAX);
        unpack_bytes(from, &raw, &raw_n, NAME_MAX_BYTES);
        /* It was decoded, and cut if need be, where it was said. */
        if (!from->is_bad && child != NULL)
            object_add_decoded(child, (const char *)raw, raw_n,
                               g_utf8_make_valid(text, -1));
    }
    if (child != NULL)
        child->is_name_cut |= is_name_cut;
}

/* False: no more children. */
static bool play_child(struct task *task, struct unpacker *from, bool is_wanted)
{
    struct writer *writer = NULL;
    struct assay_child about = {.struct_size = sizeof about};
    about.kind = unpack_u32(from);
    about.flags = unpack_u64(from);
    about.packed_size = unpack_u64(from);
    about.told_size = unpack_u64(from);
    about.mtime = unpack_i64(from);
    g_autofree char *type = unpack_text(from, TYPE_MAX);
    g_autofree char *method = unpack_text(from, METHOD_MAX);
    about.type = str_of(type);
    about.method = str_of(method);
    if (!from->is_bad && is_wanted)
        is_wanted = writer_begin(task, &about, &writer) == ASSAY_RC_OK;
    play_names(writer != NULL ? writer->child : NULL, from);
    const uint8_t *content;
    size_t n;
    unpack_bytes(from, &content, &n, UNPACK_ANY);
    if (writer == NULL)
        return is_wanted;
    if (from->is_bad)
        writer_drop(task->scan);
    else if (writer_write(writer, content, n) == ASSAY_RC_OK)
        writer_commit(writer, NULL);
    else
        writer_abort(writer);
    return true;
}

/* What was written and then dropped is charged too, but never more than there is. */
static void charge_rest(struct task *task, uint64_t unpacked)
{
    struct scan *scan = task->scan;
    uint64_t max = scan->plan->limits.max_bytes;
    uint64_t left = max > scan->bytes ? max - scan->bytes : 0;
    if (unpacked <= task->draft->unpacked)
        return;
    uint64_t rest = MIN(unpacked - task->draft->unpacked, left);
    scan->bytes += rest;
    task->draft->unpacked += rest;
}

static void play_children(struct task *task, const struct tape *tape)
{
    bool is_wanted = true;
    if (tape->children > unpack_left(tape->from) / 50)
        unpack_refuse(tape->from);
    for (uint32_t i = 0; i < tape->children && !tape->from->is_bad; i++)
        is_wanted = play_child(task, tape->from, is_wanted);
}

/* --- what is said ------------------------------------------------------------------ */

static struct object *read_object(struct task *task, const struct tape *tape)
{
    uint32_t name = unpack_u32(tape->from);
    if (name == TAPE_NO_OBJECT)
        return NULL;
    if (name == TAPE_OWN_OBJECT)
        return task->object;
    uint32_t place = (name - TAPE_CHILD) / 2;
    if ((name & 1) != 0) {
        struct object *object = task_object(task, place);
        if (object == NULL)
            unpack_refuse(tape->from);
        return object;
    }
    if (place >= tape->children)
        unpack_refuse(tape->from);
    if (place >= draft_children(task))
        return task->object; /* a bound kept it out */
    return task->draft->children->pdata[place];
}

static void play_finding(struct task *task, const struct tape *tape)
{
    struct unpacker *from = tape->from;
    struct finding *finding = finding_new(task->scanner->name);
    finding->status = unpack_u32(from);
    finding->kind = unpack_u32(from);
    finding->reason = unpack_u32(from);
    finding->confidence = unpack_u32(from);
    finding->log_odds_milli = unpack_i32(from);
    finding->advice = unpack_u32(from);
    finding->rcpt = unpack_i32(from);
    finding->delay_ms = unpack_u32(from);
    finding->reply_code = unpack_u32(from);
    finding->object = read_object(task, tape);
    g_autofree char *name = unpack_string(from, UNPACK_ANY);
    g_autofree char *text = unpack_string(from, UNPACK_ANY);
    g_autofree char *reply = unpack_string(from, UNPACK_ANY);
    finding_set_texts(finding, str_of(name), str_of(text), str_of(reply));
    if (from->is_bad)
        finding_free(finding);
    else
        task_report(task, finding);
}

static void play_answer(struct task *task, const struct tape *tape)
{
    struct finding *finding = finding_new(task->scanner->name);
    finding->status = unpack_u32(tape->from);
    finding->rcpt = unpack_i32(tape->from);
    finding->object = read_object(task, tape);
    bool is_answer = finding->status == ASSAY_STATUS_CLEAN ||
                     finding->status == ASSAY_STATUS_TRUSTED;
    if (!is_answer)
        unpack_refuse(tape->from);
    if (tape->from->is_bad)
        finding_free(finding);
    else
        task_report(task, finding);
}

static void play_fact(struct task *task, const struct tape *tape)
{
    g_autofree char *key = unpack_string(tape->from, KEY_MAX);
    g_autofree char *value = unpack_string(tape->from, VALUE_MAX);
    if (!tape->from->is_bad)
        task_fact_set(task, key, value, strlen(value));
}

static void play_count(struct task *task, const struct tape *tape)
{
    g_autofree char *name = unpack_string(tape->from, KEY_MAX);
    g_autofree char *key = unpack_string(tape->from, VALUE_MAX);
    int64_t n = unpack_i64(tape->from);
    if (!tape->from->is_bad)
        task_count(task, name, key, strlen(key), n);
}

static void play_edit(struct task *task, const struct tape *tape)
{
    struct unpacker *from = tape->from;
    struct assay_edit edit = {.struct_size = sizeof edit};
    edit.kind = unpack_u32(from);
    edit.index = unpack_u32(from);
    edit.offset = unpack_u64(from);
    edit.length = unpack_u64(from);
    g_autofree char *name = unpack_text(from, FIELD_NAME_MAX);
    edit.name = str_of(name);
    const uint8_t *value;
    size_t n;
    unpack_bytes(from, &value, &n, UNPACK_ANY);
    edit.value = (struct assay_str){(const char *)value, n};
    if (!from->is_bad)
        task_edit(task, &edit);
}

static void play_seen(struct task *task, const struct tape *tape)
{
    const uint8_t *digest = unpack_raw(tape->from, DIGEST_SIZE);
    if (digest != NULL)
        task_seen(task, digest);
}

/* The lists, in their order, and the least that an item takes. */
static const struct {
    uint32_t part;
    size_t min_size;
    void (*play)(struct task *task, const struct tape *tape);
} lists[] = {
    {TAPE_FINDINGS, 52, play_finding}, {TAPE_ANSWERS, 12, play_answer},
    {TAPE_FACTS, 8, play_fact},        {TAPE_COUNTS, 16, play_count},
    {TAPE_EDITS, 32, play_edit},       {TAPE_SEEN, DIGEST_SIZE, play_seen},
};

static void play_broken(struct task *task, struct unpacker *from)
{
    g_autofree char *failure = unpack_string(from, UNPACK_ANY);
    g_autofree char *rule = unpack_string(from, UNPACK_ANY);
    g_autofree char *name =
        escape_clean_dup(failure, strlen(failure), FINDING_NAME_MAX);
    g_autofree char *clean = escape_clean_dup(rule, strlen(rule), RULE_MAX);
    if (from->is_bad)
        return;
    if (name[0] != '\0')
        task_fail(task, name, clean);
    else
        task_blame(task, clean);
}

void tape_end(struct task *task, struct tape *tape)
{
    struct unpacker *from = tape->from;
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        if ((tape->parts & lists[i].part) == 0)
            continue;
        uint32_t n = unpack_count(from, UINT32_MAX, lists[i].min_size);
        for (uint32_t k = 0; k < n && !from->is_bad; k++)
            lists[i].play(task, tape);
    }
    if ((tape->parts & TAPE_BROKEN) != 0)
        play_broken(task, from);
    if ((tape->parts & TAPE_BOUNDS) != 0) {
        task->draft->reached |= unpack_u32(from) & ((1u << BOUND_COUNT) - 1);
        uint64_t dropped = unpack_u64(from);
        task->draft->ledger.dropped += MIN(dropped, UINT32_MAX);
    }
    task->draft->has_answered |= (tape->parts & TAPE_ANSWERED) != 0;
    charge_rest(task, tape->unpacked);
}

int32_t tape_play(struct task *task, struct unpacker *from)
{
    struct tape tape;
    tape_begin(task, from, &tape);
    if ((tape.parts & TAPE_HAS_CONTENT) != 0)
        play_children(task, &tape);
    else if (tape.children > 0)
        unpack_refuse(from);
    tape_end(task, &tape);
    if (!from->is_bad)
        return tape.rc;
    task_blame(task, "gave an answer that is not well made");
    return ASSAY_RC_INTERNAL;
}
