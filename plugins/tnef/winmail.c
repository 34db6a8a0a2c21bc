/* SPDX-License-Identifier: MIT */
#include "winmail.h"

#include "give.h"
#include "rtf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An embedded message begins with this (IID_IMessage). */
static const uint8_t message_guid[16] = {0x07, 0x03, 0x02, 0, 0, 0, 0, 0,
                                         0xc0, 0,    0,    0, 0, 0, 0, 0x46};

/* Hands over the attachment at hand and begins with the next. */
static void finish_attachment(struct winmail *w)
{
    struct attachment *a = &w->attachment;
    struct assay_child child = {
        .struct_size = sizeof child,
        .kind = ASSAY_OBJECT_MEMBER,
        .flags = a->flags,
        .type = a->is_message ? give_str("application/ms-tnef") : a->type,
        .told_size = a->data_n,
    };
    const struct assay_object *out = NULL;

    if (a->name_n > 0) {
        child.name =
            (struct assay_str){(const char *)a->names[0].p, a->names[0].n};
        child.charset = give_charset(w, &a->names[0]);
    }
    bool is_there = a->has_data || a->name_n > 0;
    if (is_there && give_goes_on(w)) {
        if (a->name_n < 2 && a->data_n > 0) {
            out = give_range(w, &child, a->data, a->data_n);
        } else { /* a range has one name only */
            struct given what = {"", a->data, a->data_n, a};
            out = give_copy(w, &child, &what);
        }
        give_tell(w, out, a->flags);
    }
    memset(a, 0, sizeof *a);
}

static void add_name(struct winmail *w, const uint8_t *p, size_t n,
                     bool is_wide)
{
    struct attachment *a = &w->attachment;
    size_t step = is_wide ? 2 : 1;

    if (is_wide)
        n -= n % 2;
    while (n >= step && p[n - 1] == 0 && p[n - step] == 0)
        n -= step;
    if (n == 0)
        return;
    for (unsigned i = 0; i < a->name_n; i++)
        if (a->names[i].n == n && memcmp(a->names[i].p, p, n) == 0)
            return;
    if (a->name_n < WINMAIL_NAMES)
        a->names[a->name_n++] = (struct winmail_name){p, n, is_wide};
    else
        give_fault(w, NULL, ASSAY_REASON_DAMAGED,
                   "an attachment has more names than can be looked at");
}

/* Data for the attachment at hand; a second one is an attachment of its own, for
 * programs differ in which they take. */
static void add_data(struct winmail *w, const uint8_t *p, size_t n,
                     uint64_t flags)
{
    struct attachment *a = &w->attachment;

    if (a->has_data) {
        struct attachment next = *a;
        finish_attachment(w);
        *a = next;
    }
    a->has_data = true;
    a->data = p;
    a->data_n = n;
    a->flags = flags;
    a->is_message = false;
}

/* PR_ATTACH_DATA_OBJ: an embedded message (a TNEF stream behind its interface's
 * id), or an OLE storage, which is taken as it is. */
static void add_object(struct winmail *w, const struct mapi_value *value,
                       uint64_t flags)
{
    const uint8_t *p = value->p;
    size_t n = value->n;
    bool is_message = n > sizeof message_guid &&
                      memcmp(p, message_guid, sizeof message_guid) == 0;

    if (value->type == MAPI_OBJECT && n > sizeof message_guid) {
        p += sizeof message_guid;
        n -= sizeof message_guid;
    }
    add_data(w, p, n, flags);
    w->attachment.is_message = is_message;
}

/* A body that stands in the stream as it is. */
static void give_body(struct winmail *w, const struct mapi_value *value,
                      const char *name, const char *type, uint64_t flags)
{
    bool is_wide = value->type == MAPI_UNICODE;
    struct assay_child child = {
        .struct_size = sizeof child,
        .kind = ASSAY_OBJECT_MEMBER,
        .flags = flags,
        .name = give_str(name),
        .type = give_str(type),
    };
    const struct assay_object *out = NULL;

    if (value->n == 0 || !give_goes_on(w))
        return;
    if (is_wide) { /* the mark tells everyone what it is */
        struct given what = {"\xff\xfe", value->p, value->n, NULL};
        out = give_copy(w, &child, &what);
    } else {
        out = give_range(w, &child, value->p, value->n);
    }
    give_tell(w, out, flags);
}

static void give_rtf(struct winmail *w, const struct mapi_value *value)
{
    uint8_t *rtf = NULL;
    size_t n = 0;
    size_t max = w->max_bytes < INT32_MAX / 4 ? (size_t)w->max_bytes
                                              : (size_t)INT32_MAX / 4;
    enum rtf_result result = rtf_unpack(value->p, value->n, max, &rtf, &n);

    if (result == RTF_NONE || result == RTF_NO_MEMORY) {
        give_fault(w, NULL, ASSAY_REASON_DAMAGED,
                   "the compressed RTF body cannot be unpacked");
        return;
    }
    struct assay_child child = {
        .struct_size = sizeof child,
        .kind = ASSAY_OBJECT_MEMBER,
        .flags = result == RTF_CUT ? ASSAY_OBJECT_TRUNCATED : 0,
        .name = give_str("body.rtf"),
        .type = give_str("text/rtf"),
        .method = give_str("LZFu"),
        .packed_size = value->n,
        .told_size = n,
    };
    struct given what = {"", rtf, n, NULL};
    if (give_goes_on(w))
        give_tell(w, give_copy(w, &child, &what), child.flags);
    free(rtf);
}

static void take_message_value(struct winmail *w,
                               const struct mapi_value *value, uint64_t flags)
{
    switch (value->id) {
    case MAPI_BODY:
        give_body(w, value, "body.txt", "text/plain", flags);
        break;
    case MAPI_BODY_HTML:
        give_body(w, value, "body.html", "text/html", flags);
        break;
    case MAPI_RTF_COMPRESSED:
        give_rtf(w, value);
        break;
    default:
        break;
    }
}

static void take_attachment_value(struct winmail *w,
                                  const struct mapi_value *value,
                                  uint64_t flags)
{
    switch (value->id) {
    case MAPI_ATTACH_LONG_FILENAME:
    case MAPI_ATTACH_FILENAME:
    case MAPI_ATTACH_TRANSPORT_NAME:
    case MAPI_DISPLAY_NAME:
        add_name(w, value->p, value->n, value->type == MAPI_UNICODE);
        break;
    case MAPI_ATTACH_MIME_TAG:
        if (value->type == MAPI_STRING8)
            w->attachment.type =
                (struct assay_str){(const char *)value->p,
                                   strnlen((const char *)value->p, value->n)};
        break;
    case MAPI_ATTACH_DATA:
        add_object(w, value, flags);
        break;
    default:
        break;
    }
}

static void take_properties(struct winmail *w,
                            const struct tnef_attribute *attribute,
                            bool is_message, uint64_t flags)
{
    struct mapi_cursor cursor;
    struct mapi_value value;
    enum tnef_next next = TNEF_TRUNCATED;

    for (bool is_open = mapi_open(attribute, &cursor);
         is_open && give_goes_on(w);) {
        value.p = NULL;
        next = mapi_next(&cursor, &value);
        uint64_t now = next == TNEF_TRUNCATED ? ASSAY_OBJECT_TRUNCATED : flags;
        if (value.p == NULL || (next != TNEF_ONE && next != TNEF_TRUNCATED))
            break;
        if (is_message)
            take_message_value(w, &value, now);
        else
            take_attachment_value(w, &value, now);
        is_open = next == TNEF_ONE;
    }
    if (next == TNEF_DAMAGED || next == TNEF_TRUNCATED)
        give_fault(w, NULL,
                   next == TNEF_DAMAGED ? ASSAY_REASON_DAMAGED
                                        : ASSAY_REASON_TRUNCATED,
                   "its MAPI properties are not as they say");
}

static void take_codepage(struct winmail *w, const struct tnef_attribute *a)
{
    if (a->n < 4)
        return;
    unsigned page = (unsigned)a->p[0] | (unsigned)a->p[1] << 8;
    snprintf(w->charset, sizeof w->charset, page == 65001 ? "UTF-8" : "CP%u",
             page);
}

static void take_attribute(struct winmail *w, const struct tnef_attribute *a,
                           uint64_t flags)
{
    struct mapi_value body = {a->p, a->n, MAPI_STRING8, 0};

    switch (a->id) {
    case TNEF_ATTACH_RENDERING:
        finish_attachment(w);
        break;
    case TNEF_ATTACH_TITLE:
    case TNEF_ATTACH_TRANSPORT_NAME:
        add_name(w, a->p, a->n, false);
        break;
    case TNEF_ATTACH_DATA:
        add_data(w, a->p, a->n, flags);
        break;
    case TNEF_ATTACH_PROPERTIES:
        take_properties(w, a, false, flags);
        break;
    case TNEF_MESSAGE_PROPERTIES:
        take_properties(w, a, true, flags);
        break;
    case TNEF_BODY:
        while (body.n > 0 && body.p[body.n - 1] == 0)
            body.n--;
        give_body(w, &body, "body.txt", "text/plain", flags);
        break;
    case TNEF_OEM_CODEPAGE:
        take_codepage(w, a);
        break;
    default:
        break;
    }
}

void winmail_unpack(struct winmail *w)
{
    struct tnef_attribute attribute;
    enum tnef_next next = TNEF_ONE;
    bool is_sum_wrong = false;
    size_t at = 0;

    while (next == TNEF_ONE && give_goes_on(w)) {
        next = tnef_next(w->p, w->n, &at, &attribute);
        if (next == TNEF_ONE || next == TNEF_TRUNCATED) {
            uint64_t flags = next == TNEF_TRUNCATED   ? ASSAY_OBJECT_TRUNCATED
                             : attribute.is_sum_wrong ? ASSAY_OBJECT_DAMAGED
                                                      : 0;
            is_sum_wrong = is_sum_wrong || attribute.is_sum_wrong;
            take_attribute(w, &attribute, flags);
        }
    }
    finish_attachment(w);
    if (w->is_stopped)
        return;
    if (next == TNEF_TRUNCATED)
        give_fault(w, NULL, ASSAY_REASON_TRUNCATED,
                   "the stream ends inside an attribute");
    else if (next == TNEF_DAMAGED)
        give_fault(w, NULL, ASSAY_REASON_DAMAGED,
                   "something stands where an attribute should");
    else if (is_sum_wrong && w->faults == 0)
        give_fault(w, NULL, ASSAY_REASON_DAMAGED,
                   "a check sum of the stream is wrong");
}
