/* SPDX-License-Identifier: MIT */
/*
 * The attributes of a TNEF stream and the MAPI properties inside them
 * (MS-OXTNEF 2.1), read where they lie: nothing is copied, nothing is allocated,
 * every length is checked against what is there.
 */
#ifndef TNEF_STREAM_H
#define TNEF_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Attributes: type in the upper half, id in the lower. */
enum {
    TNEF_BODY = 0x0002800c,
    TNEF_ATTACH_DATA = 0x0006800f,
    TNEF_ATTACH_TITLE = 0x00018010,
    TNEF_ATTACH_TRANSPORT_NAME = 0x00069001,
    TNEF_ATTACH_RENDERING = 0x00069002, /* begins an attachment */
    TNEF_MESSAGE_PROPERTIES = 0x00069003,
    TNEF_ATTACH_PROPERTIES = 0x00069005,
    TNEF_OEM_CODEPAGE = 0x00069007
};

/* Property types. */
enum {
    MAPI_I2 = 2,
    MAPI_LONG = 3,
    MAPI_R4 = 4,
    MAPI_DOUBLE = 5,
    MAPI_CURRENCY = 6,
    MAPI_APPTIME = 7,
    MAPI_ERROR = 10,
    MAPI_BOOLEAN = 11,
    MAPI_OBJECT = 13,
    MAPI_I8 = 20,
    MAPI_STRING8 = 30,
    MAPI_UNICODE = 31,
    MAPI_SYSTIME = 64,
    MAPI_CLSID = 72,
    MAPI_BINARY = 258,
    MAPI_MULTI = 0x1000
};

/* Property ids. */
enum {
    MAPI_BODY = 0x1000,
    MAPI_RTF_COMPRESSED = 0x1009,
    MAPI_BODY_HTML = 0x1013,
    MAPI_DISPLAY_NAME = 0x3001,
    MAPI_ATTACH_DATA = 0x3701,
    MAPI_ATTACH_FILENAME = 0x3704,
    MAPI_ATTACH_LONG_FILENAME = 0x3707,
    MAPI_ATTACH_TRANSPORT_NAME = 0x370c,
    MAPI_ATTACH_MIME_TAG = 0x370e
};

/* What reading the next one came to. */
enum tnef_next {
    TNEF_ONE = 1,   /* here it is */
    TNEF_END,       /* no more */
    TNEF_TRUNCATED, /* it is longer than what is left */
    TNEF_DAMAGED    /* it is none */
};

/* One attribute.  With TNEF_TRUNCATED `p` holds what is left of it. */
struct tnef_attribute {
    const uint8_t *p;
    size_t n;
    uint32_t id;
    bool is_sum_wrong;
};

/* One value of a property; those with several values come one by one. */
struct mapi_value {
    const uint8_t *p;
    size_t n;
    uint32_t type; /* MAPI_STRING8 ... without MAPI_MULTI */
    uint32_t id;   /* 0 for named properties */
};

/* A position in an attribute's properties. */
struct mapi_cursor {
    const uint8_t *p;
    size_t n;
    size_t at;
    uint32_t properties; /* still to come */
    uint32_t values;     /* of the property at hand, still to come */
    uint32_t type;
    uint32_t id;
};

bool tnef_is_stream(const uint8_t *p, size_t n);
/* `*at` is 0 at first. */
enum tnef_next tnef_next(const uint8_t *p, size_t n, size_t *at,
                         struct tnef_attribute *out);

/* False where not even the number of properties is there. */
bool mapi_open(const struct tnef_attribute *attribute, struct mapi_cursor *out);
enum tnef_next mapi_next(struct mapi_cursor *c, struct mapi_value *out);

#endif
