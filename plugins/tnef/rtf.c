/* SPDX-License-Identifier: MIT */
#include "rtf.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEADER_SIZE = 16,
    MARK_PACKED = 0x75465a4c,   /* "LZFu" */
    MARK_UNPACKED = 0x414c454d, /* "MELA" */
    DICTIONARY = 4096,
    MOST = 9 /* bytes out of one: 17 out of two, and a flag for eight tokens */
};

/* What the dictionary holds before the first byte (MS-OXRTFCP 2.1.2.1). */
static const char preloaded[] =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman "
    "\\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New "
    "RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0"
    "\\fs20\\b\\i\\u\\tab\\tx";

/* An unpacking on its way.  The output, behind the preloaded bytes, is its own
 * dictionary. */
struct unpacking {
    const uint8_t *p;
    size_t n;
    size_t in;
    uint8_t *out;
    size_t out_n;
    size_t room;
    bool is_over;
};

/* Two bytes: 12 bits where in the dictionary, 4 bits how many.  A reference to
 * where the next byte goes is the end. */
static void take_reference(struct unpacking *u)
{
    u->is_over = u->n - u->in < 2;
    if (u->is_over)
        return;
    size_t where = (size_t)u->p[u->in] << 4 | u->p[u->in + 1] >> 4;
    size_t length = (size_t)(u->p[u->in + 1] & 15) + 2;
    size_t at = u->out_n - u->out_n % DICTIONARY + where;
    u->in += 2;
    bool is_void = at > u->out_n && at < DICTIONARY; /* never written */
    u->is_over = at == u->out_n || is_void;
    if (at > u->out_n)
        at -= DICTIONARY;
    for (; !u->is_over && length > 0 && u->out_n < u->room; length--)
        u->out[u->out_n++] = u->out[at++];
}

static void take_token(struct unpacking *u, bool is_reference)
{
    if (is_reference)
        take_reference(u);
    else if (u->in < u->n)
        u->out[u->out_n++] = u->p[u->in++];
    else
        u->is_over = true;
}

static void unpack(struct unpacking *u)
{
    while (!u->is_over && u->in < u->n && u->out_n < u->room) {
        uint8_t flags = u->p[u->in++];
        for (int bit = 0; bit < 8 && !u->is_over && u->out_n < u->room; bit++)
            take_token(u, (flags >> bit & 1) != 0);
    }
}

static uint32_t le32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

enum rtf_result rtf_unpack(const uint8_t *p, size_t n, size_t max,
                           uint8_t **out, size_t *out_n)
{
    const size_t head = sizeof preloaded - 1;

    if (n <= HEADER_SIZE)
        return RTF_NONE;
    uint32_t mark = le32(p + 8);
    size_t told_in = (size_t)le32(p) + 4; /* counted from behind itself */
    size_t told_out = le32(p + 4);
    struct unpacking u = {.p = p, .n = least(n, told_in), .in = HEADER_SIZE};
    if (u.n <= HEADER_SIZE || (mark != MARK_PACKED && mark != MARK_UNPACKED))
        return RTF_NONE;
    size_t size = least(least(told_out, max), u.n * MOST);
    u.room = head + size;
    u.out = malloc(u.room);
    if (u.out == NULL)
        return RTF_NO_MEMORY;
    memcpy(u.out, preloaded, head);
    u.out_n = head;
    if (mark == MARK_PACKED) {
        unpack(&u);
    } else {
        size_t copied = least(size, u.n - HEADER_SIZE);
        memcpy(u.out + head, p + HEADER_SIZE, copied);
        u.out_n += copied;
    }
    *out_n = u.out_n - head;
    if (*out_n == 0) {
        free(u.out);
        return RTF_NONE;
    }
    memmove(u.out, u.out + head, *out_n);
    *out = u.out;
    return *out_n == told_out ? RTF_WHOLE : RTF_CUT;
}
