/* SPDX-License-Identifier: MIT */
#include "mail/message.h"
#include "pool/result.h"
#include "pool/result_bounds.h"

#include <string.h>

uint32_t result_answers_max(const struct scan *scan)
{
    const struct message *message = scan->message;
    uint64_t max = ((uint64_t)message->objects->len + 1) *
                   scan->plan->scanner_n * RESULT_STATUSES *
                   ((uint64_t)message->session->rcpts->len + 1);
    return (uint32_t)MIN(max, UINT32_MAX);
}

static uint32_t id_of(const struct object *object)
{
    return object != NULL ? object->id : RESULT_NO_OBJECT;
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
    if (scan->answers->len > result_answers_max(scan))
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
    pack_count_of(g_hash_table_size(scan->facts), RESULT_FACTS_MAX, to);
    g_hash_table_iter_init(&iter, scan->facts);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        pack_string(to, key);
        pack_string(to, value);
    }
}

static void pack_counts(const struct scan *scan, struct packer *to)
{
    pack_count_of(scan->counts->len, RESULT_COUNTS_MAX, to);
    for (unsigned i = 0; i < scan->counts->len; i++) {
        const struct scan_count *count = scan->counts->pdata[i];
        pack_string(to, count->name);
        pack_string(to, count->key);
        pack_i64(to, count->n);
    }
}

static void pack_edits(const struct scan *scan, struct packer *to)
{
    pack_count_of(scan->edits->len, RESULT_EDITS_MAX, to);
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
