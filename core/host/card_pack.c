/* SPDX-License-Identifier: MIT */
/*
 * Cards as bytes and back.
 */
#include "host/card.h"

#include <string.h>

enum {
    CARDS_MAX = 256,  /* of one class, refusals the same */
    NAME_MAX_N = 255, /* an instance may be called by its plugin's id or file */
    TEXT_MAX_N = 4096, /* paths, words */
    LIST_MAX_N = 256,  /* types, facts: as in a descriptor */
    ITEM_MAX_N = 1024
};

/* --- one instance ---------------------------------------------------------------- */

static void pack_list(char *const *list, struct packer *to)
{
    pack_bool(to, list != NULL);
    uint32_t n = 0;
    while (list != NULL && list[n] != NULL)
        n++;
    pack_u32(to, n);
    for (uint32_t i = 0; i < n; i++)
        pack_text(to, list[i]);
}

/* NULL: it was NULL. */
static char **unpack_list(struct unpacker *from)
{
    bool is_there = unpack_bool(from);
    uint32_t n = unpack_count(from, LIST_MAX_N, sizeof(uint32_t));
    GStrvBuilder *builder = g_strv_builder_new();
    for (uint32_t i = 0; i < n && !from->is_bad; i++) {
        g_autofree char *item = unpack_string(from, ITEM_MAX_N);
        g_strv_builder_add(builder, item);
    }
    char **list = g_strv_builder_end(builder);
    g_strv_builder_unref(builder);
    if (!is_there)
        g_clear_pointer(&list, g_strfreev);
    return list;
}

static void pack_stamp(const struct card *card, struct packer *to)
{
    const struct assay_stamp *stamp = &card->stamp;
    pack_bool(to, card->has_stamp);
    if (!card->has_stamp)
        return;
    pack_u32(to, stamp->flags);
    pack_text(to, stamp->engine);
    pack_text(to, stamp->database);
    pack_i64(to, stamp->database_time);
    pack_u64(to, stamp->signatures);
    pack_raw(to, stamp->database_digest, sizeof stamp->database_digest);
}

static void unpack_fixed(struct unpacker *from, char *to, size_t size)
{
    g_autofree char *text = unpack_string(from, size - 1);
    g_strlcpy(to, text, size);
}

static void unpack_stamp(struct unpacker *from, struct card *card)
{
    struct assay_stamp *stamp = &card->stamp;
    card->has_stamp = unpack_bool(from);
    if (!card->has_stamp)
        return;
    stamp->struct_size = sizeof *stamp;
    stamp->flags = unpack_u32(from);
    unpack_fixed(from, stamp->engine, sizeof stamp->engine);
    unpack_fixed(from, stamp->database, sizeof stamp->database);
    stamp->database_time = unpack_i64(from);
    stamp->signatures = unpack_u64(from);
    const uint8_t *digest = unpack_raw(from, sizeof stamp->database_digest);
    if (digest != NULL)
        memcpy(stamp->database_digest, digest, sizeof stamp->database_digest);
}

void card_pack(const struct card *card, struct packer *to)
{
    pack_text(to, card->name);
    pack_text(to, card->class_name);
    pack_text(to, card->path);
    pack_bool(to, card->is_optional);
    pack_text(to, card->id);
    pack_text(to, card->title);
    pack_text(to, card->vendor);
    pack_text(to, card->version);
    pack_text(to, card->licence);
    pack_u32(to, card->abi_major);
    pack_u32(to, card->abi_minor);
    pack_u32(to, card->min_stack_kib);
    pack_u64(to, card->stages);
    pack_u64(to, card->flags);
    pack_bool(to, card->has_wants);
    pack_u32(to, card->wants_flags);
    pack_u64(to, card->min_size);
    pack_u64(to, card->max_size);
    pack_list(card->types, to);
    pack_list(card->reads, to);
    pack_list(card->provides, to);
    pack_stamp(card, to);
}

/* Interned strings are never freed: of a zygote only those are taken that this process
 * has read in its configuration. */
enum names {
    NAMES_ANY,
    NAMES_CONFIGURED
};

/* One line of UTF-8, interned; what is none is bad. */
static const char *unpack_name(struct unpacker *from, enum names names)
{
    g_autofree char *name = unpack_string(from, NAME_MAX_N);
    if (name[0] == '\0' || !g_utf8_validate(name, -1, NULL))
        unpack_refuse(from);
    for (const char *c = name; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            unpack_refuse(from);
    if (names == NAMES_CONFIGURED && g_quark_try_string(name) == 0)
        unpack_refuse(from);
    return from->is_bad ? g_intern_static_string("") : g_intern_string(name);
}

static uint16_t unpack_u16(struct unpacker *from)
{
    uint32_t value = unpack_u32(from);
    if (value > UINT16_MAX)
        unpack_refuse(from);
    return from->is_bad ? 0 : (uint16_t)value;
}

static void unpack_identity(struct unpacker *from, enum names names,
                            struct card *card)
{
    card->name = unpack_name(from, names);
    card->class_name = unpack_name(from, names);
    card->path = unpack_string(from, TEXT_MAX_N);
    card->is_optional = unpack_bool(from);
    card->id = unpack_string(from, ITEM_MAX_N);
    card->title = unpack_string(from, ITEM_MAX_N);
    card->vendor = unpack_string(from, ITEM_MAX_N);
    card->version = unpack_string(from, ITEM_MAX_N);
    card->licence = unpack_string(from, ITEM_MAX_N);
    card->abi_major = unpack_u16(from);
    card->abi_minor = unpack_u16(from);
    card->min_stack_kib = unpack_u32(from);
}

static void unpack_interests(struct unpacker *from, struct card *card)
{
    card->stages = unpack_u64(from);
    card->flags = unpack_u64(from);
    card->has_wants = unpack_bool(from);
    card->wants_flags = unpack_u32(from);
    card->min_size = unpack_u64(from);
    card->max_size = unpack_u64(from);
    card->types = unpack_list(from);
    card->reads = unpack_list(from);
    card->provides = unpack_list(from);
}

static struct card *unpack_card(struct unpacker *from, enum names names)
{
    struct card *card = g_new0(struct card, 1);
    unpack_identity(from, names, card);
    unpack_interests(from, card);
    unpack_stamp(from, card);
    if (!from->is_bad && card_is_sane(card))
        return card;
    unpack_refuse(from);
    card_free(card);
    return NULL;
}

struct card *card_unpack(struct unpacker *from)
{
    return unpack_card(from, NAMES_ANY);
}

/* --- one refusal ------------------------------------------------------------------ */

void card_pack_refusal(const struct refusal *refusal, struct packer *to)
{
    g_autofree char *text = g_strndup(refusal->text, TEXT_MAX_N);
    pack_text(to, refusal->name);
    pack_text(to, refusal->class_name);
    pack_text(to, text);
    pack_bool(to, refusal->is_optional);
}

struct refusal *card_unpack_refusal(struct unpacker *from)
{
    struct refusal *refusal = g_new0(struct refusal, 1);
    refusal->name = g_strdup(unpack_name(from, NAMES_CONFIGURED));
    refusal->class_name = unpack_name(from, NAMES_CONFIGURED);
    refusal->text = unpack_string(from, TEXT_MAX_N);
    refusal->is_optional = unpack_bool(from);
    if (from->is_bad)
        g_clear_pointer(&refusal, refusal_free);
    return refusal;
}

/* --- a whole host ----------------------------------------------------------------- */

void card_pack_host(const struct host *host, struct packer *to)
{
    pack_u32(to, host->instances->len);
    for (unsigned i = 0; i < host->instances->len; i++) {
        struct card *card = card_of(host->instances->pdata[i]);
        card_pack(card, to);
        card_free(card);
    }
    pack_u32(to, host->refusals->len);
    for (unsigned i = 0; i < host->refusals->len; i++)
        card_pack_refusal(host->refusals->pdata[i], to);
}

bool card_unpack_host(struct unpacker *from, GPtrArray *cards,
                      GPtrArray *refusals)
{
    unsigned cards_before = cards->len;
    unsigned refusals_before = refusals->len;
    uint32_t n = unpack_count(from, CARDS_MAX, 1);
    for (uint32_t i = 0; i < n && !from->is_bad; i++) {
        struct card *card = unpack_card(from, NAMES_CONFIGURED);
        if (card != NULL)
            g_ptr_array_add(cards, card);
    }
    n = unpack_count(from, CARDS_MAX, 1);
    for (uint32_t i = 0; i < n && !from->is_bad; i++) {
        struct refusal *refusal = card_unpack_refusal(from);
        if (refusal != NULL)
            g_ptr_array_add(refusals, refusal);
    }
    while (from->is_bad && cards->len > cards_before)
        card_free(g_ptr_array_steal_index(cards, cards->len - 1));
    while (from->is_bad && refusals->len > refusals_before)
        refusal_free(g_ptr_array_steal_index(refusals, refusals->len - 1));
    return !from->is_bad;
}
