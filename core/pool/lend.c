/* SPDX-License-Identifier: MIT */
#include "pool/lend.h"

#include "base/pack.h"
#include "pool/hollow.h"
#include "pool/request.h"

#include <string.h>

enum {
    ALIGN = 16 /* of a content in the arena */
};

/* What the log says of one object. */
struct lent_object {
    const GArray *fields;
    uint64_t flags;
    bool is_lent; /* its content */
};

void lend_init(struct lend *lend, void *arena, size_t size)
{
    *lend = (struct lend){
        .arena = arena,
        .size = size,
        .contents = size,
        .objects = g_array_new(false, true, sizeof(struct lent_object)),
    };
}

void lend_clear(struct lend *lend)
{
    if (lend->objects != NULL)
        g_array_unref(lend->objects);
    *lend = (struct lend){0};
}

void lend_begin(struct lend *lend, const void *raw, size_t n)
{
    lend->raw = raw;
    lend->raw_n = raw != NULL ? n : 0;
    lend->message = NULL;
    lend->log_n = 0;
    lend->contents = lend->size;
    if (lend->objects != NULL)
        g_array_set_size(lend->objects, 0);
}

/* --- the log ---------------------------------------------------------------------- */

/* The log's room that is left; what is packed counts when log_end says so. */
static void log_begin(const struct lend *lend, struct packer *to)
{
    size_t end = MIN(lend->contents, LEND_LOG_MAX);
    packer_fixed(to, lend->arena + lend->log_n,
                 end > lend->log_n ? end - lend->log_n : 0);
}

static bool log_end(struct lend *lend, const struct packer *to)
{
    if (to->is_full)
        return false;
    lend->log_n += to->n;
    return true;
}

static void pack_fields(const GArray *fields, struct packer *to)
{
    uint32_t n = fields != NULL ? fields->len : 0;
    pack_bool(to, fields != NULL);
    pack_u32(to, n);
    for (uint32_t i = 0; i < n; i++) {
        const struct field *field = &g_array_index(fields, struct field, i);
        pack_bytes(to, field->name, field->name_n);
        pack_bytes(to, field->value, field->value_n);
    }
}

static bool tell_session(struct lend *lend, const struct message *message)
{
    struct packer to;
    log_begin(lend, &to);
    pack_u8(&to, LEND_SESSION);
    size_t at = to.n;
    pack_u32(&to, 0);
    request_pack_session(message->session, &to);
    pack_u32_at(&to, at, (uint32_t)(to.n - at - sizeof(uint32_t)));
    return log_end(lend, &to);
}

static bool tell_object(struct lend *lend, const struct scan *scan,
                        const struct object *object)
{
    struct packer to;
    log_begin(lend, &to);
    pack_u8(&to, LEND_OBJECT);
    pack_u32(&to, object->id);
    hollow_pack_object(object, scan->plan, &to);
    pack_fields(object->fields, &to);
    return log_end(lend, &to);
}

/* The message was parsed again: its objects are others, also where they look the
 * same.  Contents of before are nobody's any more. */
static bool tell_anew(struct lend *lend)
{
    struct packer to;
    lend->message = NULL;
    lend->contents = lend->size;
    g_array_set_size(lend->objects, 0);
    log_begin(lend, &to);
    pack_u8(&to, LEND_ANEW);
    return log_end(lend, &to);
}

static bool is_told(const struct lent_object *told, const struct object *object)
{
    return told->fields == object->fields && told->flags == object->flags;
}

bool lend_objects(struct lend *lend, const struct scan *scan)
{
    const GPtrArray *objects = scan->message->objects;
    if (lend->objects == NULL)
        return false;
    g_assert(lend->message == NULL || lend->message == scan->message);
    bool is_anew = lend->message != NULL && lend->anew != scan->message->anew;
    if (is_anew && !tell_anew(lend))
        return false;
    if (lend->message == NULL && !tell_session(lend, scan->message))
        return false;
    lend->message = scan->message;
    lend->anew = scan->message->anew;
    for (unsigned i = 0; i < objects->len; i++) {
        const struct object *object = objects->pdata[i];
        bool is_new = i >= lend->objects->len;
        if (is_new)
            g_array_set_size(lend->objects, i + 1);
        struct lent_object *told =
            &g_array_index(lend->objects, struct lent_object, i);
        if (!is_new && is_told(told, object))
            continue;
        if (!tell_object(lend, scan, object)) {
            g_array_set_size(lend->objects, i);
            return false;
        }
        told->fields = object->fields;
        told->flags = object->flags;
    }
    return true;
}

/* --- contents --------------------------------------------------------------------- */

/* Is the content a part of the raw bytes, as guests see them? */
static bool is_raw(const struct lend *lend, const struct object *object,
                   uint64_t *offset)
{
    uintptr_t raw = (uintptr_t)lend->raw;
    uintptr_t at = (uintptr_t)object->data;
    if (lend->raw == NULL || at < raw || at - raw > lend->raw_n ||
        object->size > lend->raw_n - (at - raw))
        return false;
    *offset = at - raw;
    return true;
}

/* Copied to the end of what is free. */
static bool place(struct lend *lend, const struct object *object,
                  uint64_t *offset)
{
    size_t room = lend->contents - lend->log_n;
    size_t size = object->size;
    if (size > room || room - size < ALIGN)
        return false;
    size_t at = (lend->contents - size) & ~(size_t)(ALIGN - 1);
    memcpy(lend->arena + at, object->data, size);
    lend->contents = at;
    *offset = at;
    return true;
}

bool lend_content(struct lend *lend, const struct object *object)
{
    g_assert(object->id < lend->objects->len);
    struct lent_object *told =
        &g_array_index(lend->objects, struct lent_object, object->id);
    if (told->is_lent)
        return true;
    uint64_t offset = 0;
    bool in_raw = is_raw(lend, object, &offset);
    if (!in_raw && object->size > 0 && !place(lend, object, &offset))
        return false;
    struct packer to;
    log_begin(lend, &to);
    pack_u8(&to, LEND_CONTENT);
    pack_u32(&to, object->id);
    pack_u8(&to, in_raw ? LEND_RAW : LEND_ARENA);
    pack_u64(&to, offset);
    pack_u64(&to, object->size);
    told->is_lent = log_end(lend, &to);
    return told->is_lent;
}
