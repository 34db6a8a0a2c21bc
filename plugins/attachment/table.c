/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <stdlib.h>
#include <string.h>

/* What is looked for. */
struct wanted {
    const char *p;
    size_t n;
    uint32_t hash;
    enum rule_kind kind;
};

/* FNV-1a.  The keys come from the site, so nobody can choose collisions. */
static struct wanted wanted_key(enum rule_kind kind, const char *key, size_t n)
{
    uint32_t h = 2166136261u ^ (uint32_t)kind;

    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)key[i]) * 16777619u;
    return (struct wanted){.p = key, .n = n, .hash = h, .kind = kind};
}

/* The slot that holds it, or the free one where it belongs. */
static size_t find(const struct table_slot *slots, size_t size,
                   const struct wanted *wanted)
{
    size_t i = wanted->hash & (size - 1);

    while (slots[i].key != NULL) {
        const struct table_slot *slot = &slots[i];
        if (slot->hash == wanted->hash && slot->kind == wanted->kind &&
            slot->key_n == wanted->n &&
            memcmp(slot->key, wanted->p, wanted->n) == 0)
            return i;
        i = (i + 1) & (size - 1);
    }
    return i;
}

static bool grow(struct table *table)
{
    size_t size = table->size == 0 ? 256 : table->size * 2;
    struct table_slot *slots = calloc(size, sizeof(*slots));

    if (slots == NULL)
        return false;
    for (size_t i = 0; i < table->size; i++) {
        const struct table_slot *slot = &table->slots[i];
        struct wanted wanted = {slot->key, slot->key_n, slot->hash, slot->kind};
        if (slot->key != NULL)
            slots[find(slots, size, &wanted)] = *slot;
    }
    free(table->slots);
    table->slots = slots;
    table->size = size;
    return true;
}

struct table_slot *table_put(struct table *table, enum rule_kind kind,
                             const char *key, size_t n)
{
    struct wanted wanted = wanted_key(kind, key, n);

    if (table->used * 2 >= table->size && !grow(table))
        return NULL;
    struct table_slot *slot =
        &table->slots[find(table->slots, table->size, &wanted)];
    if (slot->key != NULL)
        return slot;
    char *copy = malloc(n + 1);
    if (copy == NULL)
        return NULL;
    memcpy(copy, key, n);
    copy[n] = '\0';
    *slot = (struct table_slot){
        .key = copy, .key_n = (uint32_t)n, .hash = wanted.hash, .kind = kind};
    table->used++;
    return slot;
}

const struct table_slot *table_get(const struct table *table,
                                   enum rule_kind kind, const char *key,
                                   size_t n)
{
    struct wanted wanted = wanted_key(kind, key, n);

    if (table->size == 0)
        return NULL;
    const struct table_slot *slot =
        &table->slots[find(table->slots, table->size, &wanted)];
    return slot->key != NULL ? slot : NULL;
}

void table_clear(struct table *table)
{
    for (size_t i = 0; i < table->size; i++)
        free(table->slots[i].key);
    free(table->slots);
    *table = (struct table){0};
}
