/* SPDX-License-Identifier: MIT */
#include "pool/result.h"

#include "base/error.h"
#include "mail/message.h"
#include "pool/result_bounds.h"
#include "scan/told.h"

#include <string.h>

enum {
    /* What the smallest one takes, in bytes. */
    FINDING_MIN_SIZE = 56,
    ANSWER_MIN_SIZE = 16,
    FACT_MIN_SIZE = 8,
    COUNT_MIN_SIZE = 16,
    EDIT_MIN_SIZE = 36,
    KEY_MAX = 4096
};

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
    return id < objects->len || id == RESULT_NO_OBJECT;
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
        {"an answer", result_answers_max(reading->scan), ANSWER_MIN_SIZE,
         read_answer},
        {"a fact", RESULT_FACTS_MAX, FACT_MIN_SIZE, read_fact},
        {"a count", RESULT_COUNTS_MAX, COUNT_MIN_SIZE, read_count},
        {"an edit", RESULT_EDITS_MAX, EDIT_MIN_SIZE, read_edit},
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
