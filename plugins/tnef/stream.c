/* SPDX-License-Identifier: MIT */
#include "stream.h"

enum {
    SIGNATURE = 0x223e9f78,
    HEADER_SIZE = 6,    /* signature, key */
    ATTRIBUTE_SIZE = 9, /* level, id, length */
    SUM_SIZE = 2,
    NAMED_FROM = 0x8000, /* ids from here on have names */
    GUID_SIZE = 16,
    KIND_NUMBER = 0,
    KIND_NAME = 1
};

static uint32_t le16(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t le32(const uint8_t *p)
{
    return le16(p) | le16(p + 2) << 16;
}

bool tnef_is_stream(const uint8_t *p, size_t n)
{
    return n >= HEADER_SIZE && le32(p) == SIGNATURE;
}

static bool is_sum(const uint8_t *p, size_t n, uint32_t told)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += p[i];
    return (sum & 0xffff) == told;
}

enum tnef_next tnef_next(const uint8_t *p, size_t n, size_t *at,
                         struct tnef_attribute *out)
{
    if (*at == 0)
        *at = HEADER_SIZE;
    size_t left = n - *at;
    const uint8_t *a = p + *at;
    if (left < ATTRIBUTE_SIZE) /* line ends that a gateway added */
        return TNEF_END;
    if (a[0] != 1 && a[0] != 2) /* LVL_MESSAGE, LVL_ATTACHMENT */
        return TNEF_DAMAGED;
    uint32_t length = le32(a + 5);
    left -= ATTRIBUTE_SIZE;
    *out = (struct tnef_attribute){
        .p = a + ATTRIBUTE_SIZE, .n = length, .id = le32(a + 1)};
    if (length > left || left - length < SUM_SIZE) {
        out->n = length < left ? length : left;
        *at = n;
        return TNEF_TRUNCATED;
    }
    out->is_sum_wrong = !is_sum(out->p, length, le16(out->p + length));
    *at += ATTRIBUTE_SIZE + (size_t)length + SUM_SIZE;
    return TNEF_ONE;
}

bool mapi_open(const struct tnef_attribute *attribute, struct mapi_cursor *out)
{
    if (attribute->n < 4)
        return false;
    *out = (struct mapi_cursor){.p = attribute->p,
                                .n = attribute->n,
                                .at = 4,
                                .properties = le32(attribute->p)};
    return true;
}

/* The next number; false at the end. */
static bool take32(struct mapi_cursor *c, uint32_t *out)
{
    if (c->n - c->at < 4)
        return false;
    *out = le32(c->p + c->at);
    c->at += 4;
    return true;
}

/* The next `n` bytes and what fills them up to a multiple of four, which may be
 * missing at the very end. */
static bool take(struct mapi_cursor *c, size_t n, const uint8_t **out)
{
    size_t left = c->n - c->at;

    if (n > left)
        return false;
    *out = c->p + c->at;
    size_t filled = n + (4 - n % 4) % 4;
    c->at += filled < left ? filled : left;
    return true;
}

/* Bytes of a value of that type, 0: its length is told, -1: no such type. */
static int width(uint32_t type)
{
    switch (type) {
    case MAPI_I2:
    case MAPI_BOOLEAN:
        return 2;
    case MAPI_LONG:
    case MAPI_R4:
    case MAPI_ERROR:
        return 4;
    case MAPI_DOUBLE:
    case MAPI_CURRENCY:
    case MAPI_APPTIME:
    case MAPI_I8:
    case MAPI_SYSTIME:
        return 8;
    case MAPI_CLSID:
        return 16;
    case MAPI_OBJECT:
    case MAPI_STRING8:
    case MAPI_UNICODE:
    case MAPI_BINARY:
        return 0;
    default:
        return -1;
    }
}

/* The name of a named property: set, kind, number or text. */
static enum tnef_next skip_name(struct mapi_cursor *c)
{
    const uint8_t *p;
    uint32_t kind;
    uint32_t n;

    if (!take(c, GUID_SIZE, &p) || !take32(c, &kind) || !take32(c, &n))
        return TNEF_TRUNCATED;
    if (kind == KIND_NUMBER)
        return TNEF_ONE;
    if (kind != KIND_NAME)
        return TNEF_DAMAGED;
    return take(c, n, &p) ? TNEF_ONE : TNEF_TRUNCATED;
}

static enum tnef_next next_property(struct mapi_cursor *c)
{
    uint32_t tag;

    if (!take32(c, &tag))
        return TNEF_TRUNCATED;
    c->properties--;
    c->type = tag & 0xffff & ~(uint32_t)MAPI_MULTI;
    c->id = tag >> 16;
    c->values = 1;
    if (width(c->type) < 0)
        return TNEF_DAMAGED;
    if (c->id >= NAMED_FROM) {
        enum tnef_next next = skip_name(c);
        c->id = 0;
        if (next != TNEF_ONE)
            return next;
    }
    bool is_counted = (tag & MAPI_MULTI) != 0 || width(c->type) == 0;
    return is_counted && !take32(c, &c->values) ? TNEF_TRUNCATED : TNEF_ONE;
}

enum tnef_next mapi_next(struct mapi_cursor *c, struct mapi_value *out)
{
    while (c->values == 0) {
        if (c->properties == 0)
            return TNEF_END;
        enum tnef_next next = next_property(c);
        if (next != TNEF_ONE)
            return next;
    }
    int size = width(c->type);
    uint32_t told = (uint32_t)size;
    if (size == 0 && !take32(c, &told))
        return TNEF_TRUNCATED;
    *out = (struct mapi_value){.n = told, .type = c->type, .id = c->id};
    c->values--;
    if (take(c, told, &out->p))
        return TNEF_ONE;
    out->p = c->p + c->at; /* what is left of it */
    out->n = c->n - c->at;
    c->at = c->n;
    return TNEF_TRUNCATED;
}
