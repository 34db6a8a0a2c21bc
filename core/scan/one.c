/* SPDX-License-Identifier: MIT */
/*
 * A task as bytes, and its run.
 */
#include "scan/one.h"

#include "mail/message.h"
#include "scan/state.h"
#include "scan/tape.h"

#include <string.h>

enum {
    NAME_MAX_N = 255,
    FACTS_MAX = 1 << 16,
    FACT_KEY_MAX = 64,
    FACT_VALUE_MAX = 4096,
    WISHES_MAX = 1 << 16,
    WISH_KEY_MAX = 1024,
    RECORDS_MAX = 1 << 16,
    TEXT_SIZE = 4,      /* the least that a text takes */
    WISH_SIZE = 25,     /* a wish */
    RECORD_SIZE = 4 * 4 /* a record */
};

/* --- packing ---------------------------------------------------------------------- */

static void pack_facts(const struct task *task, struct packer *to)
{
    GHashTableIter iter;
    void *key;
    void *value;
    size_t at = to->n;
    uint32_t n = 0;
    pack_u32(to, 0);
    g_hash_table_iter_init(&iter, task->scan->facts);
    while (g_hash_table_iter_next(&iter, &key, &value))
        if (fact_is_listed(task->scanner->reads, key)) {
            pack_text(to, key);
            pack_text(to, value);
            n++;
        }
    pack_u32_at(to, at, n);
}

static bool is_asked(const struct task *task, const struct wish *wish)
{
    const GPtrArray *asked = task->draft->asked;
    for (unsigned i = 0; asked != NULL && i < asked->len; i++)
        if (asked->pdata[i] == wish)
            return true;
    return false;
}

static void pack_wish(const struct task *task, const struct wish *wish,
                      struct packer *to)
{
    const GPtrArray *records = wish->records;
    uint32_t n = records != NULL ? records->len : 0;
    pack_u32(to, wish->kind);
    pack_u32(to, wish->type);
    pack_text(to, wish->key);
    pack_bool(to, is_asked(task, wish));
    pack_u32(to, wish->state);
    pack_u32(to, wish->flags);
    pack_u32(to, n);
    for (uint32_t i = 0; i < n; i++) {
        const struct wish_record *record = records->pdata[i];
        pack_u32(to, record->type);
        pack_u32(to, record->ttl_s);
        pack_u32(to, record->preference);
        pack_bytes(to, record->data, record->data_n);
    }
}

static void pack_wishes(const struct task *task, struct packer *to)
{
    GHashTable *wishes = task->scan->state->wishes;
    GHashTableIter iter;
    void *wish;
    pack_u32(to, wishes != NULL ? g_hash_table_size(wishes) : 0);
    if (wishes == NULL)
        return;
    g_hash_table_iter_init(&iter, wishes);
    while (g_hash_table_iter_next(&iter, &wish, NULL))
        pack_wish(task, wish, to);
}

void one_pack(const struct task *task, struct packer *to)
{
    pack_text(to, task->scanner->name);
    pack_u32(to, task->stage);
    pack_u32(to, task->round);
    pack_i32(to, task->rcpt);
    pack_u64(to, task->id);
    pack_u64(to, task->deadline_ns);
    pack_i64(to, task->scan->now_s);
    pack_u64(to, task->scan->bytes);
    pack_u32(to, task->object != NULL ? task->object->id : ONE_NO_OBJECT);
    pack_facts(task, to);
    pack_wishes(task, to);
}

/* --- unpacking -------------------------------------------------------------------- */

static void free_wish(void *wish)
{
    wish_free(wish);
}

static void unpack_facts(struct unpacker *from, struct one *one)
{
    uint32_t n = unpack_count(from, FACTS_MAX, (size_t)2 * TEXT_SIZE);
    for (uint32_t i = 0; i < n && !from->is_bad; i++) {
        g_autofree char *key = unpack_string(from, FACT_KEY_MAX);
        g_autofree char *value = unpack_string(from, FACT_VALUE_MAX);
        if (!fact_is_key(key) || !fact_is_value(value, strlen(value)))
            unpack_refuse(from);
        g_ptr_array_add(one->facts, g_steal_pointer(&key));
        g_ptr_array_add(one->facts, g_steal_pointer(&value));
    }
}

static struct wish *unpack_wish(struct unpacker *from, bool *asked)
{
    uint32_t kind = unpack_u32(from);
    uint32_t type = unpack_u32(from);
    g_autofree char *key = unpack_string(from, WISH_KEY_MAX);
    struct wish *wish = wish_new(kind, type, key);
    *asked = unpack_bool(from);
    wish->state = unpack_u32(from);
    wish->flags = unpack_u32(from);
    if (wish->state > ASSAY_ANSWER_BLOCKED)
        unpack_refuse(from);
    uint32_t n = unpack_count(from, RECORDS_MAX, RECORD_SIZE);
    for (uint32_t i = 0; i < n && !from->is_bad; i++) {
        const uint8_t *data;
        struct wish_record record = {.type = unpack_u32(from)};
        record.ttl_s = unpack_u32(from);
        record.preference = unpack_u32(from);
        unpack_bytes(from, &data, &record.data_n, UNPACK_ANY);
        record.data = (const char *)data;
        wish_add_record(wish, &record);
    }
    return wish;
}

static void unpack_wishes(struct unpacker *from, struct one *one)
{
    uint32_t n = unpack_count(from, WISHES_MAX, WISH_SIZE);
    for (uint32_t i = 0; i < n && !from->is_bad; i++) {
        bool asked;
        g_ptr_array_add(one->wishes, unpack_wish(from, &asked));
        g_array_append_val(one->is_asked, asked);
    }
}

bool one_unpack(struct unpacker *from, struct one *out)
{
    *out = (struct one){
        .facts = g_ptr_array_new_with_free_func(g_free),
        .wishes = g_ptr_array_new_with_free_func(free_wish),
        .is_asked = g_array_new(false, false, sizeof(bool)),
    };
    out->scanner = unpack_string(from, NAME_MAX_N);
    out->stage = unpack_u32(from);
    out->round = unpack_u32(from);
    out->rcpt = unpack_i32(from);
    out->id = unpack_u64(from);
    out->deadline_ns = unpack_u64(from);
    out->now_s = unpack_i64(from);
    out->bytes = unpack_u64(from);
    out->object = unpack_u32(from);
    unpack_facts(from, out);
    unpack_wishes(from, out);
    if (!from->is_bad)
        return true;
    one_clear(out);
    return false;
}

void one_clear(struct one *one)
{
    g_free(one->scanner);
    if (one->facts != NULL)
        g_ptr_array_unref(one->facts);
    if (one->wishes != NULL)
        g_ptr_array_unref(one->wishes);
    if (one->is_asked != NULL)
        g_array_unref(one->is_asked);
    *one = (struct one){0};
}

/* --- running ---------------------------------------------------------------------- */

/* Has the task the object and the recipient that its stage has? */
static bool fits(const struct one *one, const struct message *message)
{
    bool has_object = one->object != ONE_NO_OBJECT;
    unsigned rcpts = message->session->rcpts->len;
    if (has_object && one->object >= message->objects->len)
        return false;
    switch (one->stage) {
    case ASSAY_STAGE_CONNECT:
    case ASSAY_STAGE_HELO:
    case ASSAY_STAGE_MAIL:
        return !has_object && one->rcpt == FINDING_ALL_RCPTS;
    case ASSAY_STAGE_RCPT:
        return !has_object && one->rcpt >= 0 && (unsigned)one->rcpt < rcpts;
    case ASSAY_STAGE_HEADERS:
    case ASSAY_STAGE_MESSAGE:
        return one->object == 0 && one->rcpt == FINDING_ALL_RCPTS;
    case ASSAY_STAGE_OBJECT:
        return has_object && one->rcpt == FINDING_ALL_RCPTS;
    default:
        return false;
    }
}

static void take_facts(struct scan *scan, struct one *one)
{
    for (unsigned i = 0; i + 1 < one->facts->len; i += 2)
        g_hash_table_insert(scan->facts, g_steal_pointer(&one->facts->pdata[i]),
                            g_steal_pointer(&one->facts->pdata[i + 1]));
    g_ptr_array_set_size(one->facts, 0);
}

static void take_wishes(struct task *task, struct one *one)
{
    for (unsigned i = 0; i < one->wishes->len; i++) {
        struct wish *wish = one->wishes->pdata[i];
        if (!want_add(task->scan, wish))
            continue;
        one->wishes->pdata[i] = NULL;
        if (!g_array_index(one->is_asked, bool, i))
            continue;
        if (task->draft->asked == NULL)
            task->draft->asked = g_ptr_array_new();
        g_ptr_array_add(task->draft->asked, wish);
    }
}

bool one_run(struct one *one, const struct scan_plan *plan, size_t index,
             struct message *message, struct packer *tape)
{
    if (!fits(one, message))
        return false;
    struct scan *scan = scan_new(plan, message, one->now_s);
    scan->bytes = one->bytes;
    scan->deadline_ns = one->deadline_ns;
    struct task task = {
        .scan = scan,
        .scanner = plan->scanners[index],
        .index = index,
        .stage = one->stage,
        .round = one->round,
        .rcpt = one->rcpt,
        .id = one->id,
        .deadline_ns = one->deadline_ns,
        .object = one->object != ONE_NO_OBJECT
                      ? message->objects->pdata[one->object]
                      : NULL,
    };
    draft_begin(&task);
    take_facts(scan, one);
    take_wishes(&task, one);
    if (task.draft->asked != NULL)
        task.draft->asked_before = task.draft->asked->len;
    int32_t rc = task.scanner->handle(task.scanner->self, &task);
    tape_record(&task, rc, TAPE_CONTENT, tape);
    writer_drop(scan);
    draft_free(task.draft);
    writer_clear(&scan->state->writer);
    scan_free(scan);
    return true;
}
