/* SPDX-License-Identifier: MIT */
#include "volume.h"

#include "bytes.h"

/* RAR 5.0 archive format, rarlab.com/technote.htm */
enum {
    RAR5_SIGNATURE_SIZE = 8,
    RAR5_CRC_SIZE = 4,
    RAR5_MAIN = 1,
    RAR5_FILE = 2,
    RAR5_HAS_EXTRA = 1,
    RAR5_HAS_DATA = 2,
    RAR5_VOLUME = 1,
    RAR5_EXTRA_CRYPT = 1,
    RAR5_BLOCKS_MAX = 100000
};

/* A position in a rar5; over once a number or block did not fit. */
struct rar5 {
    const uint8_t *p;
    size_t n;
    size_t at;
    bool is_over;
};

/* One block's header. */
struct block {
    uint64_t type;
    uint64_t extra; /* bytes of its extra area, which ends at `end` */
    uint64_t data;  /* bytes that follow the header */
    size_t fields;  /* where its own fields begin */
    size_t end;
};

/* Seven bits a byte, the lowest first. */
static uint64_t number(struct rar5 *r)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 64 && r->at < r->n; shift += 7) {
        uint8_t c = r->p[r->at++];
        value |= (uint64_t)(c & 0x7f) << shift;
        if ((c & 0x80) == 0)
            return value;
    }
    r->is_over = true;
    return 0;
}

static bool next_block(struct rar5 *r, struct block *out)
{
    if (r->is_over || r->n - r->at < RAR5_CRC_SIZE)
        return false;
    r->at += RAR5_CRC_SIZE;
    uint64_t size = number(r);
    if (r->is_over || size > r->n - r->at)
        return false;
    out->end = r->at + (size_t)size;
    out->type = number(r);
    uint64_t flags = number(r);
    out->extra = (flags & RAR5_HAS_EXTRA) != 0 ? number(r) : 0;
    out->data = (flags & RAR5_HAS_DATA) != 0 ? number(r) : 0;
    out->fields = r->at;
    r->is_over = r->is_over || r->at > out->end;
    return !r->is_over;
}

static void skip_block(struct rar5 *r, const struct block *block)
{
    r->is_over = block->data > r->n - block->end;
    if (!r->is_over)
        r->at = block->end + (size_t)block->data;
}

static bool is_rar5_split(const uint8_t *p, size_t n)
{
    struct rar5 r = {p, n, RAR5_SIGNATURE_SIZE, n < RAR5_SIGNATURE_SIZE};
    struct block block;

    if (!next_block(&r, &block) || block.type != RAR5_MAIN)
        return false;
    return (number(&r) & RAR5_VOLUME) != 0;
}

bool volume_is_split(const uint8_t *p, size_t n, enum sniff_format format)
{
    switch ((int)format) {
    case SNIFF_RAR: /* the main header's MHD_VOLUME */
        return n > 12 && p[9] == 0x73 && (p[10] & 1) != 0;
    case SNIFF_CAB: /* cfhdrPREV_CABINET, cfhdrNEXT_CABINET */
        return n > 32 && (p[30] & 3) != 0;
    case SNIFF_RAR5:
        return is_rar5_split(p, n);
    default:
        return false;
    }
}

/* Looks through a file's extra area. */
static bool has_crypt(const struct rar5 *archive, const struct block *block)
{
    if (block->extra > block->end - block->fields)
        return false;
    struct rar5 r = *archive;
    r.at = block->end - (size_t)block->extra;
    r.n = block->end;
    while (!r.is_over && r.at < r.n) {
        uint64_t size = number(&r);
        size_t from = r.at;
        if (number(&r) == RAR5_EXTRA_CRYPT && !r.is_over)
            return true;
        if (size == 0 || size > r.n - from)
            return false;
        r.at = from + (size_t)size;
    }
    return false;
}

bool volume_is_encrypted(const uint8_t *p, size_t n)
{
    struct rar5 r = {p, n, RAR5_SIGNATURE_SIZE, n < RAR5_SIGNATURE_SIZE};
    struct block block;

    for (int i = 0; i < RAR5_BLOCKS_MAX && next_block(&r, &block); i++) {
        if (block.type == RAR5_FILE && has_crypt(&r, &block))
            return true;
        skip_block(&r, &block);
    }
    return false;
}
