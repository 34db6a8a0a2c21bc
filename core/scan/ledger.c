/* SPDX-License-Identifier: MIT */
#include "scan/ledger.h"

#include <string.h>

/* Up to here a loop over all is faster than a hash table. */
enum {
    LOOP_MAX = 32
};

/* A bound of the message: told once, whichever object met it, and always kept. */
static bool is_bound(const struct finding *finding)
{
    return finding->kind == ASSAY_KIND_PARTIAL &&
           strcmp(finding->plugin, "core") == 0;
}

static int same(gconstpointer one, gconstpointer other)
{
    const struct finding *a = one;
    const struct finding *b = other;
    return a->plugin == b->plugin && a->kind == b->kind && a->rcpt == b->rcpt &&
           (a->object == b->object || is_bound(a)) &&
           strcmp(a->name, b->name) == 0;
}

static unsigned hash(gconstpointer key)
{
    const struct finding *f = key;
    unsigned h = g_str_hash(f->name) * 31 + f->kind;
    h = h * 31 + (unsigned)f->rcpt;
    h = h * 31 + g_direct_hash(f->plugin);
    return is_bound(f) ? h : h * 31 + g_direct_hash(f->object);
}

static void index_all(struct ledger *ledger)
{
    ledger->index = g_hash_table_new(hash, same);
    for (unsigned i = 0; i < ledger->findings->len; i++)
        g_hash_table_add(ledger->index, ledger->findings->pdata[i]);
}

static bool has(struct ledger *ledger, const struct finding *finding)
{
    if (ledger->index == NULL && ledger->findings->len >= LOOP_MAX)
        index_all(ledger);
    if (ledger->index != NULL)
        return g_hash_table_contains(ledger->index, finding);
    for (unsigned i = 0; i < ledger->findings->len; i++)
        if (same(ledger->findings->pdata[i], finding))
            return true;
    return false;
}

/* Drops the last of the mildest findings if it is milder than `rank`. */
static bool make_room(struct ledger *ledger, unsigned rank)
{
    unsigned lowest = 0;
    while (lowest < rank && ledger->counted[lowest] == 0)
        lowest++;
    if (lowest == rank)
        return false;
    unsigned i = ledger->findings->len;
    const struct finding *last;
    do
        last = ledger->findings->pdata[--i];
    while (is_bound(last) || finding_kind_rank(last->kind) != lowest);
    if (ledger->index != NULL)
        g_hash_table_remove(ledger->index, last);
    g_ptr_array_remove_index(ledger->findings, i);
    ledger->counted[lowest]--;
    ledger->total--;
    return true;
}

static void free_finding(void *finding)
{
    finding_free(finding);
}

void ledger_init(struct ledger *ledger, uint64_t max)
{
    *ledger = (struct ledger){
        .findings = g_ptr_array_new_with_free_func(free_finding), .max = max};
}

bool ledger_add(struct ledger *ledger, struct finding *finding)
{
    if (has(ledger, finding)) {
        finding_free(finding);
        return false;
    }
    if (!is_bound(finding)) {
        unsigned rank = finding_kind_rank(finding->kind);
        bool is_full = ledger->total >= ledger->max;
        ledger->dropped += is_full;
        if (is_full && !make_room(ledger, rank)) {
            finding_free(finding);
            return false;
        }
        ledger->counted[rank]++;
        ledger->total++;
    }
    g_ptr_array_add(ledger->findings, finding);
    if (ledger->index != NULL)
        g_hash_table_add(ledger->index, finding);
    return true;
}

void ledger_move(struct ledger *to, struct ledger *from)
{
    for (unsigned i = 0; i < from->findings->len; i++)
        ledger_add(to, g_steal_pointer(&from->findings->pdata[i]));
    to->dropped += from->dropped;
    ledger_reset(from);
}

void ledger_reset(struct ledger *ledger)
{
    g_clear_pointer(&ledger->index, g_hash_table_unref);
    g_ptr_array_set_size(ledger->findings, 0);
    memset(ledger->counted, 0, sizeof ledger->counted);
    ledger->total = 0;
    ledger->dropped = 0;
}

void ledger_clear(struct ledger *ledger)
{
    g_clear_pointer(&ledger->index, g_hash_table_unref);
    g_clear_pointer(&ledger->findings, g_ptr_array_unref);
}
