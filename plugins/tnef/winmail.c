/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "winmail.h"

#include "rtf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An embedded message begins with this (IID_IMessage). */
static const uint8_t message_guid[16] = {0x07, 0x03, 0x02, 0, 0, 0, 0, 0,
                                         0xc0, 0,    0,    0, 0, 0, 0, 0x46};

static struct assay_str str(const char *text)
{
    return (struct assay_str){text, strlen(text)};
}

void winmail_fault(struct winmail *w, const struct assay_object *child,
                   uint32_t reason, const char *text)
{
    const char *name = reason == ASSAY_REASON_TRUNCATED     ? "tnef.truncated"
                       : reason == ASSAY_REASON_UNSUPPORTED ? "tnef.unsupported"
                                                            : "tnef.damaged";
    struct assay_finding finding = {
        .struct_size = sizeof finding,
        .status = ASSAY_STATUS_UNSCANNABLE,
        .reason = reason,
        .name = str(name),
        .text = str(text),
    };
    if (w->faults++ < WINMAIL_MAX_FAULTS)
        (void)w->host->report(w->task, child != NULL ? child : w->task->object,
                              &finding);
}

static bool goes_on(struct winmail *w)
{
    if (!w->is_stopped && w->host->cancelled(w->task) != 0) {
        w->is_cancelled = true;
        w->is_stopped = true;
    }
    return !w->is_stopped;
}

/* What the host answered to a child that begins. */
static bool is_taken(struct winmail *w, int32_t rc)
{
    if (rc != ASSAY_RC_OK && rc != ASSAY_RC_SKIP)
        w->is_stopped = true;
    return rc == ASSAY_RC_OK;
}

/* A child that is written: what stands before its bytes, and its other names. */
struct written {
    const char *mark; /* "": nothing */
    const uint8_t *p;
    size_t n;
    const struct attachment *names; /* NULL: none */
};

static const struct assay_object *give_written(struct winmail *w,
                                               struct assay_child *child,
                                               const struct written *what)
{
    struct assay_writer *writer = NULL;
    const struct assay_object *out = NULL;

    if (!is_taken(w, w->host->child_begin(w->task, child, &writer)))
        return NULL;
    for (unsigned i = 1; what->names != NULL && i < what->names->name_n; i++) {
        const struct winmail_name *name = &what->names->names[i];
        (void)w->host->child_name(
            writer, (struct assay_str){(const char *)name->p, name->n},
            str(name->is_wide ? "UTF-16LE" : w->charset));
    }
    size_t mark_n = strlen(what->mark);
    if ((mark_n > 0 && w->host->child_write(writer, what->mark, mark_n) != 0) ||
        (what->n > 0 &&
         w->host->child_write(writer, what->p, what->n) != ASSAY_RC_OK)) {
        w->host->child_abort(writer);
        return NULL;
    }
    return is_taken(w, w->host->child_commit(writer, &out)) ? out : NULL;
}

static void tell_cut(struct winmail *w, const struct assay_object *child,
                     uint64_t flags)
{
    if (child == NULL)
        return;
    if ((flags & ASSAY_OBJECT_TRUNCATED) != 0)
        winmail_fault(w, child, ASSAY_REASON_TRUNCATED,
                      "the stream ends before this does");
    else if ((flags & ASSAY_OBJECT_DAMAGED) != 0)
        winmail_fault(w, child, ASSAY_REASON_DAMAGED, "its check sum is wrong");
}

/* Hands over the attachment at hand and begins with the next. */
static void finish_attachment(struct winmail *w)
{
    struct attachment *a = &w->attachment;
    struct assay_child child = {
        .struct_size = sizeof child,
        .kind = ASSAY_OBJECT_MEMBER,
        .flags = a->flags,
        .type = a->is_message ? str("application/ms-tnef") : a->type,
        .told_size = a->data_n,
    };
    const struct assay_object *out = NULL;

    if (a->name_n > 0) {
        child.name =
            (struct assay_str){(const char *)a->names[0].p, a->names[0].n};
        child.charset = str(a->names[0].is_wide ? "UTF-16LE" : w->charset);
    }
    bool is_there = a->has_data || a->name_n > 0;
    if (is_there && goes_on(w)) {
        if (a->name_n < 2 && a->data_n > 0) {
            if (!is_taken(w, w->host->child_range(w->task, &child,
                                                  (uint64_t)(a->data - w->p),
                                                  a->data_n, &out)))
                out = NULL;
        } else { /* a range has one name only */
            struct written what = {"", a->data, a->data_n, a};
            out = give_written(w, &child, &what);
        }
        tell_cut(w, out, a->flags);
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
        winmail_fault(w, NULL, ASSAY_REASON_DAMAGED,
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
        .name = str(name),
        .type = str(type),
    };
    const struct assay_object *out = NULL;

    if (value->n == 0 || !goes_on(w))
        return;
    if (is_wide) { /* the mark tells everyone what it is */
        struct written what = {"\xff\xfe", value->p, value->n, NULL};
        out = give_written(w, &child, &what);
    } else if (!is_taken(w, w->host->child_range(w->task, &child,
                                                 (uint64_t)(value->p - w->p),
                                                 value->n, &out))) {
        out = NULL;
    }
    tell_cut(w, out, flags);
}

static void give_rtf(struct winmail *w, const struct mapi_value *value)
{
    uint8_t *rtf = NULL;
    size_t n = 0;
    size_t max = w->max_bytes < INT32_MAX / 4 ? (size_t)w->max_bytes
                                              : (size_t)INT32_MAX / 4;
    enum rtf_result result = rtf_unpack(value->p, value->n, max, &rtf, &n);

    if (result == RTF_NONE || result == RTF_NO_MEMORY) {
        winmail_fault(w, NULL, ASSAY_REASON_DAMAGED,
                      "the compressed RTF body cannot be unpacked");
        return;
    }
    struct assay_child child = {
        .struct_size = sizeof child,
        .kind = ASSAY_OBJECT_MEMBER,
        .flags = result == RTF_CUT ? ASSAY_OBJECT_TRUNCATED : 0,
        .name = str("body.rtf"),
        .type = str("text/rtf"),
        .method = str("LZFu"),
        .packed_size = value->n,
        .told_size = n,
    };
    struct written what = {"", rtf, n, NULL};
    if (goes_on(w))
        tell_cut(w, give_written(w, &child, &what), child.flags);
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

    for (bool is_open = mapi_open(attribute, &cursor); is_open && goes_on(w);) {
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
        winmail_fault(w, NULL,
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

    while (next == TNEF_ONE && goes_on(w)) {
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
        winmail_fault(w, NULL, ASSAY_REASON_TRUNCATED,
                      "the stream ends inside an attribute");
    else if (next == TNEF_DAMAGED)
        winmail_fault(w, NULL, ASSAY_REASON_DAMAGED,
                      "something stands where an attribute should");
    else if (is_sum_wrong && w->faults == 0)
        winmail_fault(w, NULL, ASSAY_REASON_DAMAGED,
                      "a check sum of the stream is wrong");
}
