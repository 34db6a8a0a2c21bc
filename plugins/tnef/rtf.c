/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rtf.h"

/* libytnef's header does not declare what it uses. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ytnef.h>

enum {
    HEADER_SIZE = 16,
    MARK_PACKED = 0x75465a4c,   /* "LZFu" */
    MARK_UNPACKED = 0x414c454d, /* "MELA" */
    DICTIONARY = 4096,
    PRELOADED = 207, /* bytes that stand in the dictionary at first */
    ROOM = 8         /* libytnef reads up to two bytes too far */
};

static uint32_t le32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

static void put32(uint8_t *p, size_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> (8 * i));
}

/* A walk over the packed tokens. */
struct walk {
    const uint8_t *p;
    size_t n;
    size_t in;
    size_t out; /* bytes that come out, the preloaded ones included */
    bool is_over;
    bool is_well; /* over by its own end mark */
};

/* Two bytes: 12 bits where in the dictionary, 4 bits how many.  A reference to
 * where the next byte goes is the end. */
static void walk_reference(struct walk *w)
{
    w->is_over = w->n - w->in < 2;
    if (w->is_over)
        return;
    size_t where = (size_t)w->p[w->in] << 4 | w->p[w->in + 1] >> 4;
    size_t length = (size_t)(w->p[w->in + 1] & 15) + 2;
    w->is_well = where == w->out % DICTIONARY;
    /* Nothing was ever written there. */
    bool is_void = w->out < DICTIONARY && where >= w->out;
    w->is_over = w->is_well || is_void;
    if (w->is_over)
        return;
    w->in += 2;
    w->out += length;
}

/* How many bytes come out of it before it ends, breaks or has given `max`. */
static size_t measure(const uint8_t *p, size_t n, size_t max, bool *is_well)
{
    struct walk w = {.p = p, .n = n, .in = HEADER_SIZE, .out = PRELOADED};

    while (!w.is_over && w.in < n && w.out - PRELOADED < max) {
        uint8_t flags = p[w.in++];
        for (int bit = 0; bit < 8 && !w.is_over && w.out - PRELOADED < max;
             bit++, flags >>= 1) {
            if ((flags & 1) != 0) {
                walk_reference(&w);
            } else if (w.in < n) {
                w.in++;
                w.out++;
            } else {
                w.is_over = true;
            }
        }
    }
    *is_well = w.is_well || w.out - PRELOADED >= max;
    return w.out - PRELOADED < max ? w.out - PRELOADED : max;
}

static uint8_t *copy(const uint8_t *p, size_t n, size_t room)
{
    uint8_t *to = calloc(1, n + room);

    if (to != NULL && n > 0)
        memcpy(to, p, n);
    return to;
}

/* Calls libytnef with a header that says what is true. */
static uint8_t *unpack(const uint8_t *p, size_t n, size_t size)
{
    uint8_t *packed = copy(p, n, ROOM);
    variableLength input = {.data = packed, .size = (int)n};
    int out_n = 0;

    if (packed == NULL)
        return NULL;
    put32(packed, n - 4);
    put32(packed + 4, size);
    uint8_t *out = DecompressRTF(&input, &out_n);
    free(packed);
    return out;
}

enum rtf_result rtf_unpack(const uint8_t *p, size_t n, size_t max,
                           uint8_t **out, size_t *out_n)
{
    bool is_well = false;

    if (n <= HEADER_SIZE + 4 || n > INT32_MAX / 2)
        return RTF_NONE;
    size_t told_in = (size_t)le32(p) + 4;
    size_t told_out = le32(p + 4);
    uint32_t mark = le32(p + 8);
    if (told_in < n && told_in > HEADER_SIZE + 4)
        n = told_in;
    bool is_cut = told_in > n || told_out > max;
    if (told_out > max)
        told_out = max;
    if (mark == MARK_UNPACKED) {
        size_t size = n - HEADER_SIZE < told_out ? n - HEADER_SIZE : told_out;
        *out = copy(p + HEADER_SIZE, size, 1);
        *out_n = size;
        is_well = size == told_out;
    } else if (mark == MARK_PACKED) {
        size_t size = measure(p, n, told_out, &is_well);
        if (size == 0)
            return RTF_NONE;
        *out = unpack(p, n, size);
        *out_n = size;
        is_cut = is_cut || size < told_out;
    } else {
        return RTF_NONE;
    }
    if (*out == NULL)
        return RTF_NO_MEMORY;
    return is_well && !is_cut ? RTF_WHOLE : RTF_CUT;
}
