/* SPDX-License-Identifier: MIT */
#include "scan/wishes.h"

#include <string.h>

enum {
    SCAN_FACTOR = 50 /* a scan may ask as much as so many tasks may */
};

static void free_wish(void *wish)
{
    wish_free(wish);
}

GPtrArray *wishes_new(void)
{
    return g_ptr_array_new_with_free_func(free_wish);
}

unsigned wish_hash(gconstpointer wish)
{
    const struct wish *of = wish;
    return g_str_hash(of->key) * 31 + of->type + of->kind;
}

int wish_same(gconstpointer one, gconstpointer other)
{
    const struct wish *a = one;
    const struct wish *b = other;
    return a->kind == b->kind && a->type == b->type &&
           strcmp(a->key, b->key) == 0;
}

void wish_answer(struct wish *wish, const struct wish *other)
{
    wish->state = other->state;
    wish->flags = other->flags;
    g_ptr_array_set_size(wish->records, 0);
    for (unsigned i = 0; i < other->records->len; i++)
        wish_add_record(wish, other->records->pdata[i]);
}

static void pack_wish(const struct wish *wish, struct packer *to)
{
    pack_u32(to, wish->kind);
    pack_u32(to, wish->type);
    pack_text(to, wish->key);
    pack_u32(to, wish->state);
    pack_u32(to, wish->flags);
    pack_u32(to, wish->records->len);
    for (unsigned i = 0; i < wish->records->len; i++) {
        const struct wish_record *record = wish->records->pdata[i];
        pack_u32(to, record->type);
        pack_u32(to, record->ttl_s);
        pack_u32(to, record->preference);
        pack_bytes(to, record->data, record->data_n);
    }
}

void wishes_pack(const GPtrArray *wishes, struct packer *to)
{
    pack_u32(to, wishes->len);
    for (unsigned i = 0; i < wishes->len; i++)
        pack_wish(wishes->pdata[i], to);
}

static void unpack_record(struct unpacker *from, struct wish *wish)
{
    struct wish_record record = {0};
    const uint8_t *data;
    record.type = unpack_u32(from);
    record.ttl_s = unpack_u32(from);
    record.preference = unpack_u32(from);
    unpack_bytes(from, &data, &record.data_n, WISHES_DATA_MAX);
    record.data = (const char *)data;
    if (!from->is_bad)
        wish_add_record(wish, &record);
}

static bool makes_sense(const struct wish *wish)
{
    return (wish->kind == ASSAY_WANT_DNS || wish->kind == ASSAY_WANT_LOOKUP) &&
           wish->state <= ASSAY_ANSWER_BLOCKED &&
           (wish->state == ASSAY_ANSWER_DATA) == (wish->records->len > 0);
}

static void unpack_wish(struct unpacker *from, GPtrArray *wishes)
{
    uint32_t kind = unpack_u32(from);
    uint32_t type = unpack_u32(from);
    g_autofree char *key = unpack_string(from, WISHES_KEY_MAX);
    struct wish *wish = wish_new(kind, type, key);
    wish->state = unpack_u32(from);
    wish->flags = unpack_u32(from);
    uint32_t n = unpack_count(from, WISHES_RECORDS_MAX, 16);
    for (uint32_t i = 0; i < n; i++)
        unpack_record(from, wish);
    if (!makes_sense(wish))
        unpack_refuse(from);
    g_ptr_array_add(wishes, wish);
}

void wishes_unpack_most(struct unpacker *from, uint64_t most, GPtrArray *wishes)
{
    unsigned before = wishes->len;
    uint32_t n = unpack_count(from, (uint32_t)MIN(most, WISHES_MAX), 24);
    for (uint32_t i = 0; i < n && !from->is_bad; i++)
        unpack_wish(from, wishes);
    if (from->is_bad)
        g_ptr_array_set_size(wishes, (int)before);
}

void wishes_unpack(struct unpacker *from, GPtrArray *wishes)
{
    wishes_unpack_most(from, WISHES_MAX, wishes);
}

uint64_t wishes_max(const struct limits *limits)
{
    return SCAN_FACTOR * (uint64_t)limits->max_wishes;
}
