/* SPDX-License-Identifier: MIT */
#include "base/pack.h"

#include <string.h>

enum {
    ALIGNMENT = 8
};

/* The length of a text that is NULL. */
#define NULL_TEXT UINT32_MAX

/* --- writing --------------------------------------------------------------------- */

void packer_grow(struct packer *packer, GByteArray *array, size_t max)
{
    /* A GByteArray counts with 32 bits and aborts when they are not enough. */
    size_t left = INT32_MAX - MIN((size_t)array->len, (size_t)INT32_MAX);
    *packer = (struct packer){
        .array = array, .start = array->len, .max = MIN(max, left)};
}

void packer_fixed(struct packer *packer, void *room, size_t capacity)
{
    *packer = (struct packer){.room = room, .max = capacity};
}

/* Where the next n bytes go, or NULL. */
static uint8_t *reserve(struct packer *packer, size_t n)
{
    if (packer->is_full || n > packer->max - packer->n) {
        packer->is_full = true;
        return NULL;
    }
    size_t at = packer->start + packer->n;
    packer->n += n;
    if (packer->array == NULL)
        return packer->room + at;
    g_byte_array_set_size(packer->array, (unsigned)(at + n));
    return packer->array->data + at;
}

void pack_raw(struct packer *packer, const void *p, size_t n)
{
    if (n == 0)
        return;
    uint8_t *to = reserve(packer, n);
    if (to != NULL)
        memcpy(to, p, n);
}

uint8_t *pack_space(struct packer *packer, size_t n)
{
    uint8_t *to = reserve(packer, n);
    if (to != NULL)
        memset(to, 0, n);
    return to;
}

void pack_u8(struct packer *packer, uint8_t value)
{
    pack_raw(packer, &value, sizeof value);
}

void pack_bool(struct packer *packer, bool value)
{
    pack_u8(packer, value ? 1 : 0);
}

void pack_u32(struct packer *packer, uint32_t value)
{
    uint32_t little = GUINT32_TO_LE(value);
    pack_raw(packer, &little, sizeof little);
}

void pack_u64(struct packer *packer, uint64_t value)
{
    uint64_t little = GUINT64_TO_LE(value);
    pack_raw(packer, &little, sizeof little);
}

void pack_i32(struct packer *packer, int32_t value)
{
    pack_u32(packer, (uint32_t)value);
}

void pack_i64(struct packer *packer, int64_t value)
{
    pack_u64(packer, (uint64_t)value);
}

/* A length that UINT32_MAX would make NULL does not fit. */
static bool pack_length(struct packer *packer, size_t n)
{
    if (n >= NULL_TEXT)
        packer->is_full = true;
    else
        pack_u32(packer, (uint32_t)n);
    return !packer->is_full;
}

void pack_bytes(struct packer *packer, const void *p, size_t n)
{
    if (pack_length(packer, n))
        pack_raw(packer, p, n);
}

void pack_text(struct packer *packer, const char *text)
{
    if (text == NULL)
        pack_u32(packer, NULL_TEXT);
    else
        pack_bytes(packer, text, strlen(text));
}

void pack_align(struct packer *packer)
{
    static const uint8_t zeroes[ALIGNMENT];
    pack_raw(packer, zeroes, (ALIGNMENT - packer->n % ALIGNMENT) % ALIGNMENT);
}

void pack_u32_at(struct packer *packer, size_t at, uint32_t value)
{
    if (packer->is_full)
        return;
    g_assert(at + sizeof value <= packer->n);
    uint32_t little = GUINT32_TO_LE(value);
    uint8_t *to = packer->array != NULL ? packer->array->data : packer->room;
    memcpy(to + packer->start + at, &little, sizeof little);
}

void pack_cut(struct packer *packer, size_t n)
{
    g_assert(n <= packer->n);
    packer->n = n;
    packer->is_full = false;
    if (packer->array != NULL)
        g_byte_array_set_size(packer->array, (unsigned)(packer->start + n));
}

/* --- reading --------------------------------------------------------------------- */

void unpacker_init(struct unpacker *unpacker, const void *p, size_t n)
{
    *unpacker = (struct unpacker){.p = p, .n = n};
}

void unpack_refuse(struct unpacker *unpacker)
{
    unpacker->is_bad = true;
}

size_t unpack_left(const struct unpacker *unpacker)
{
    return unpacker->is_bad ? 0 : unpacker->n - unpacker->at;
}

bool unpack_end(struct unpacker *unpacker)
{
    if (unpack_left(unpacker) > 0)
        unpacker->is_bad = true;
    return !unpacker->is_bad;
}

const uint8_t *unpack_raw(struct unpacker *unpacker, size_t n)
{
    static const uint8_t nothing[1];
    if (unpacker->is_bad || n > unpacker->n - unpacker->at) {
        unpacker->is_bad = true;
        return NULL;
    }
    if (n == 0)
        return nothing;
    const uint8_t *p = unpacker->p + unpacker->at;
    unpacker->at += n;
    return p;
}

/* Copies a number out; zero when bad. */
static void number(struct unpacker *unpacker, void *out, size_t n)
{
    const uint8_t *p = unpack_raw(unpacker, n);
    if (p != NULL)
        memcpy(out, p, n);
}

uint8_t unpack_u8(struct unpacker *unpacker)
{
    uint8_t value = 0;
    number(unpacker, &value, sizeof value);
    return value;
}

bool unpack_bool(struct unpacker *unpacker)
{
    uint8_t value = unpack_u8(unpacker);
    if (value > 1)
        unpacker->is_bad = true;
    return value == 1;
}

uint32_t unpack_u32(struct unpacker *unpacker)
{
    uint32_t little = 0;
    number(unpacker, &little, sizeof little);
    return GUINT32_FROM_LE(little);
}

uint64_t unpack_u64(struct unpacker *unpacker)
{
    uint64_t little = 0;
    number(unpacker, &little, sizeof little);
    return GUINT64_FROM_LE(little);
}

int32_t unpack_i32(struct unpacker *unpacker)
{
    return (int32_t)unpack_u32(unpacker);
}

int64_t unpack_i64(struct unpacker *unpacker)
{
    return (int64_t)unpack_u64(unpacker);
}

void unpack_bytes(struct unpacker *unpacker, const uint8_t **p, size_t *n,
                  size_t max)
{
    size_t length = unpack_u32(unpacker);
    if (length > max)
        unpacker->is_bad = true;
    const uint8_t *bytes = unpack_raw(unpacker, length);
    *p = bytes != NULL ? bytes : (const uint8_t *)"";
    *n = bytes != NULL ? length : 0;
}

char *unpack_text(struct unpacker *unpacker, size_t max)
{
    struct unpacker ahead = *unpacker;
    if (unpack_u32(&ahead) == NULL_TEXT) {
        *unpacker = ahead;
        return NULL;
    }
    const uint8_t *p;
    size_t n;
    unpack_bytes(unpacker, &p, &n, max);
    if (memchr(p, '\0', n) != NULL)
        unpacker->is_bad = true;
    return unpacker->is_bad ? NULL : g_strndup((const char *)p, n);
}

char *unpack_string(struct unpacker *unpacker, size_t max)
{
    char *text = unpack_text(unpacker, max);
    if (text == NULL) {
        unpacker->is_bad = true;
        text = g_strdup("");
    }
    return text;
}

uint32_t unpack_count(struct unpacker *unpacker, uint32_t max,
                      size_t min_item_size)
{
    uint32_t count = unpack_u32(unpacker);
    if (count > max || count > unpack_left(unpacker) / min_item_size)
        unpacker->is_bad = true;
    return unpacker->is_bad ? 0 : count;
}

void unpack_align(struct unpacker *unpacker)
{
    size_t n = (ALIGNMENT - unpacker->at % ALIGNMENT) % ALIGNMENT;
    const uint8_t *p = unpack_raw(unpacker, n);
    for (size_t i = 0; p != NULL && i < n; i++)
        if (p[i] != 0)
            unpacker->is_bad = true;
}
