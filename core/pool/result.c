/* SPDX-License-Identifier: MIT */
#include "pool/result.h"

#include "base/error.h"
#include "mail/message.h"
#include "scan/told.h"

#include <string.h>

enum {
    /* What the smallest one takes, in bytes. */
    FINDING_MIN_SIZE = 56,
    ANSWER_MIN_SIZE = 16,
    FACT_MIN_SIZE = 8,
    COUNT_MIN_SIZE = 16,
    EDIT_MIN_SIZE = 36,
    STATUSES = 2, /* of answers */
    KEY_MAX = 4096,
    /* More than any scan has: what a liar may cost the front in memory, and in time
     * where keys are made to collide. */
    FACTS_MAX = 8192,
    COUNTS_MAX = 64 << 10,
    EDITS_MAX = 8192
};

/* An object by its id; this: none. */
#define NO_OBJECT UINT32_MAX

/* --- writing --------------------------------------------------------------------- */

static uint32_t id_of(const struct object *object)
{
    return object != NULL ? object->id : NO_OBJECT;
}

static void pack_string(struct packer *to, const char *text)
{
    pack_bytes(to, text, strlen(text));
}

static void pack_finding(const struct scan *scan, const struct finding *f,
                         struct packer *to)
{
    pack_u32(to, hollow_scanner(scan->plan, f->plugin));
    pack_u32(to, f->status);
    pack_u32(to, f->kind);
    pack_u32(to, f->reason);
    pack_u32(to, f->confidence);
    pack_i32(to, f->log_odds_milli);
    pack_u32(to, f->advice);
    pack_i32(to, f->rcpt);
    pack_u32(to, f->delay_ms);
    pack_u32(to, f->reply_code);
    pack_u32(to, id_of(f->object));
    pack_string(to, f->name);
    pack_string(to, f->text);
    pack_string(to, f->reply_text);
}

static void pack_findings(const struct scan *scan, struct packer *to)
{
    pack_u32(to, scan->findings->len);
    for (unsigned i = 0; i < scan->findings->len; i++)
        pack_finding(scan, scan->findings->pdata[i], to);
}

static unsigned answer_hash(gconstpointer key)
{
    const struct scan_answer *a = key;
    return g_direct_hash(a->plugin) + 31 * id_of(a->object) + 7 * a->status +
           (unsigned)a->rcpt;
}

static int answer_same(gconstpointer one, gconstpointer other)
{
    const struct scan_answer *a = one;
    const struct scan_answer *b = other;
    return a->plugin == b->plugin && a->object == b->object &&
           a->status == b->status && a->rcpt == b->rcpt;
}

/* As many as there are different ones. */
static uint32_t answers_max(const struct scan *scan)
{
    const struct message *message = scan->message;
    uint64_t max = ((uint64_t)message->objects->len + 1) *
                   scan->plan->scanner_n * STATUSES *
                   ((uint64_t)message->session->rcpts->len + 1);
    return (uint32_t)MIN(max, UINT32_MAX);
}

static void pack_answer(const struct scan *scan, const struct scan_answer *a,
                        struct packer *to)
{
    pack_u32(to, hollow_scanner(scan->plan, a->plugin));
    pack_u32(to, id_of(a->object));
    pack_u32(to, a->status);
    pack_i32(to, a->rcpt);
}

/* Of equal ones all but the first say nothing; they are looked for only where the
 * other side would not take them all. */
static void pack_answers(const struct scan *scan, struct packer *to)
{
    g_autoptr(GHashTable) seen = NULL;
    size_t count_at = to->n;
    uint32_t n = 0;
    if (scan->answers->len > answers_max(scan))
        seen = g_hash_table_new(answer_hash, answer_same);
    pack_u32(to, 0);
    for (unsigned i = 0; i < scan->answers->len; i++) {
        struct scan_answer *a =
            &g_array_index(scan->answers, struct scan_answer, i);
        if (seen != NULL && !g_hash_table_add(seen, a))
            continue;
        pack_answer(scan, a, to);
        n++;
    }
    pack_u32_at(to, count_at, n);
}

/* A count that the other side takes; else the result is not packed at all. */
static void pack_count_of(size_t n, size_t max, struct packer *to)
{
    pack_u32(to, (uint32_t)n);
    to->is_full |= n > max;
}

static void pack_facts(const struct scan *scan, struct packer *to)
{
    GHashTableIter iter;
    gpointer key;
    gpointer value;
    pack_count_of(g_hash_table_size(scan->facts), FACTS_MAX, to);
    g_hash_table_iter_init(&iter, scan->facts);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        pack_string(to, key);
        pack_string(to, value);
    }
}

static void pack_counts(const struct scan *scan, struct packer *to)
{
    pack_count_of(scan->counts->len, COUNTS_MAX, to);
    for (unsigned i = 0; i < scan->counts->len; i++) {
        const struct scan_count *count = scan->counts->pdata[i];
        pack_string(to, count->name);
        pack_string(to, count->key);
        pack_i64(to, count->n);
    }
}

static void pack_edits(const struct scan *scan, struct packer *to)
{
    pack_count_of(scan->edits->len, EDITS_MAX, to);
    for (unsigned i = 0; i < scan->edits->len; i++) {
        const struct scan_edit *edit = scan->edits->pdata[i];
        size_t n = 0;
        const void *p = g_bytes_get_data(edit->value, &n);
        pack_u32(to, hollow_scanner(scan->plan, edit->plugin));
        pack_u32(to, edit->kind);
        pack_u32(to, edit->index);
        pack_u64(to, edit->offset);
        pack_u64(to, edit->length);
        pack_text(to, edit->name);
        pack_bytes(to, p, n);
    }
}

void result_pack(const struct scan *scan, struct packer *to)
{
    pack_i64(to, scan->now_s);
    pack_u64(to, scan->findings_dropped);
    pack_u64(to, scan->bytes);
    pack_u64(to, scan->ns);
    pack_u32(to, (uint32_t)scan->plan->scanner_n);
    for (size_t i = 0; i < scan->plan->scanner_n; i++) {
        pack_u64(to, scan->uses[i].calls);
        pack_u64(to, scan->uses[i].ns);
    }
    pack_findings(scan, to);
    pack_answers(scan, to);
    pack_facts(scan, to);
    pack_counts(scan, to);
    pack_edits(scan, to);
}

/* --- reading --------------------------------------------------------------------- */

/* One reading of one result. */
struct reading {
    struct unpacker *from;
    const struct scan_plan *plan;
    struct scan *scan;
    const char *rule; /* the first one that is broken; NULL: none */
    const char *what; /* ... by one of these */
};

/* A list: how many there may be, the least that one takes, and how one is read. */
struct list {
    const char *what;
    uint32_t max;
    size_t min_size;
    const char *(*read)(struct reading *reading);
};

/* The interned name of a scanner of the plan, or of core; NULL: no such. */
static const char *plugin_name(const struct reading *reading, uint32_t scanner)
{
    const struct scan_plan *plan = reading->plan;
    if (scanner == HOLLOW_CORE)
        return g_intern_static_string("core");
    return scanner <= plan->scanner_n ? plan->scanners[scanner - 1]->name
                                      : NULL;
}

/* False: there is no such object. */
static bool find_object(const struct reading *reading, uint32_t id,
                        struct object **out)
{
    const GPtrArray *objects = reading->scan->message->objects;
    *out = id < objects->len ? objects->pdata[id] : NULL;
    return id < objects->len || id == NO_OBJECT;
}

static struct assay_str read_str(struct unpacker *from)
{
    const uint8_t *p;
    size_t n;
    unpack_bytes(from, &p, &n, UNPACK_ANY);
    return (struct assay_str){.p = (const char *)p, .n = n};
}

static const char *read_finding(struct reading *reading)
{
    struct unpacker *from = reading->from;
    const char *plugin = plugin_name(reading, unpack_u32(from));
    if (plugin == NULL)
        return "is of a plugin that was not asked";
    struct finding *f = finding_new(plugin);
    f->status = unpack_u32(from);
    f->kind = unpack_u32(from);
    f->reason = unpack_u32(from);
    f->confidence = unpack_u32(from);
    f->log_odds_milli = unpack_i32(from);
    f->advice = unpack_u32(from);
    f->rcpt = unpack_i32(from);
    f->delay_ms = unpack_u32(from);
    f->reply_code = unpack_u32(from);
    bool is_there = find_object(reading, unpack_u32(from), &f->object);
    struct assay_str name = read_str(from);
    struct assay_str text = read_str(from);
    finding_set_texts(f, name, text, read_str(from));
    if (is_there && !from->is_bad)
        return told_finding(reading->scan, f);
    finding_free(f);
    return "is about an object that is not there";
}

static const char *read_answer(struct reading *reading)
{
    struct unpacker *from = reading->from;
    struct scan_answer answer = {.plugin =
                                     plugin_name(reading, unpack_u32(from))};
    if (!find_object(reading, unpack_u32(from), &answer.object))
        return "is about an object that is not there";
    answer.status = unpack_u32(from);
    answer.rcpt = unpack_i32(from);
    if (answer.plugin == NULL)
        return "is of a plugin that was not asked";
    return told_answer(reading->scan, &answer);
}

static const char *read_fact(struct reading *reading)
{
    g_autofree char *key = unpack_string(reading->from, KEY_MAX);
    struct assay_str value = read_str(reading->from);
    return told_fact(reading->scan, key, value.p, value.n);
}

static const char *read_count(struct reading *reading)
{
    g_autofree char *name = unpack_string(reading->from, KEY_MAX);
    struct assay_str key = read_str(reading->from);
    int64_t n = unpack_i64(reading->from);
    return told_count(reading->scan, name, key.p, key.n, n);
}

static const char *read_edit(struct reading *reading)
{
    struct unpacker *from = reading->from;
    uint32_t scanner = unpack_u32(from);
    struct assay_edit edit = {.struct_size = sizeof edit};
    edit.kind = unpack_u32(from);
    edit.index = unpack_u32(from);
    edit.offset = unpack_u64(from);
    edit.length = unpack_u64(from);
    g_autofree char *name = unpack_text(from, KEY_MAX);
    edit.name = (struct assay_str){.p = name, .n = name ? strlen(name) : 0};
    edit.value = read_str(from);
    if (scanner == HOLLOW_CORE || scanner > reading->plan->scanner_n)
        return "is of a plugin that was not asked";
    return told_edit(reading->scan, reading->plan->scanners[scanner - 1],
                     &edit);
}

static void read_list(struct reading *reading, const struct list *list)
{
    struct unpacker *from = reading->from;
    reading->what = list->what;
    uint32_t n = unpack_count(from, list->max, list->min_size);
    for (uint32_t i = 0; i < n && reading->rule == NULL && !from->is_bad; i++)
        reading->rule = list->read(reading);
}

static void read_lists(struct reading *reading)
{
    const struct list lists[] = {
        /* Those that there may be are counted by their ledger. */
        {"a finding", UINT32_MAX, FINDING_MIN_SIZE, read_finding},
        {"an answer", answers_max(reading->scan), ANSWER_MIN_SIZE, read_answer},
        {"a fact", FACTS_MAX, FACT_MIN_SIZE, read_fact},
        {"a count", COUNTS_MAX, COUNT_MIN_SIZE, read_count},
        {"an edit", EDITS_MAX, EDIT_MIN_SIZE, read_edit},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        if (reading->rule != NULL || reading->from->is_bad)
            return;
        read_list(reading, &lists[i]);
    }
}

static void read_head(struct reading *reading)
{
    struct unpacker *from = reading->from;
    struct scan *scan = reading->scan;
    reading->what = "its head";
    scan->findings_dropped = unpack_u64(from);
    scan->bytes = unpack_u64(from);
    scan->ns = unpack_u64(from);
    if (unpack_u32(from) != reading->plan->scanner_n)
        reading->rule = "is of another plan";
    for (size_t i = 0; reading->rule == NULL && i < reading->plan->scanner_n;
         i++) {
        scan->uses[i].calls = unpack_u64(from);
        scan->uses[i].ns = unpack_u64(from);
    }
}

bool result_unpack(struct unpacker *from, const struct reply_context *context,
                   struct message *message, struct scan **out, GError **error)
{
    int64_t now_s = unpack_i64(from);
    struct reading reading = {
        .from = from,
        .plan = context->plan,
        .scan = told_scan_new(context->plan, message, now_s),
    };
    read_head(&reading);
    if (context->now_s != 0 && now_s != context->now_s)
        reading.rule = "is of another time";
    read_lists(&reading);
    if (from->is_bad)
        reading.rule = "is not well made";
    if (reading.rule != NULL) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_PEER, "%s %s", reading.what,
                    reading.rule);
        scan_free(reading.scan);
        return false;
    }
    *out = reading.scan;
    return true;
}
