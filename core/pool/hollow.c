/* SPDX-License-Identifier: MIT */
#include "pool/hollow.h"

#include "base/error.h"
#include "mail/message.h"
#include "pool/hollow_marks.h"

#include <string.h>

uint32_t hollow_scanner(const struct scan_plan *plan, const char *name)
{
    if (name == NULL)
        return HOLLOW_CORE;
    for (size_t i = 0; i < plan->scanner_n; i++)
        if (plan->scanners[i]->name == name)
            return (uint32_t)i + 1;
    return strcmp(name, "core") == 0 ? HOLLOW_CORE : HOLLOW_UNKNOWN;
}

static uint8_t marks_of(const struct object *o)
{
    bool has_numbers = o->readings != OBJECT_ALL_READINGS ||
                       o->packed_size != 0 || o->told_size != 0 ||
                       o->mtime != 0;
    return (uint8_t)((has_numbers ? HAS_NUMBERS : 0) |
                     (o->has_digest ? HAS_DIGEST : 0) |
                     (o->is_name_cut ? IS_NAME_CUT : 0) |
                     (o->is_expanded ? IS_EXPANDED : 0));
}

static void pack_names(const struct object *o, struct packer *to)
{
    unsigned n = o->names != NULL ? o->names->len : 0;
    pack_u32(to, n);
    for (unsigned i = 0; i < n; i++) {
        const struct object_name *name = o->names->pdata[i];
        pack_bytes(to, name->text, strlen(name->text));
        pack_bytes(to, name->raw, name->raw_n);
    }
}

void hollow_pack_object(const struct object *object,
                        const struct scan_plan *plan, struct packer *to)
{
    uint8_t marks = marks_of(object);
    pack_u32(to, object->parent != NULL ? object->parent->id : 0);
    pack_u8(to, (uint8_t)object->kind);
    pack_u8(to, marks);
    pack_u32(to, (uint32_t)object->flags);
    pack_u64(to, object->size);
    pack_u32(to, hollow_scanner(plan, object->origin));
    pack_bytes(to, object->type_detected, strlen(object->type_detected));
    pack_text(to, object->type_declared);
    pack_text(to, object->charset);
    pack_text(to, object->disposition);
    pack_text(to, object->encoding);
    pack_text(to, object->content_id);
    pack_text(to, object->method);
    pack_bytes(to, object->path, strlen(object->path));
    pack_names(object, to);
    if ((marks & HAS_NUMBERS) != 0) {
        pack_u64(to, object->readings);
        pack_u64(to, object->packed_size);
        pack_u64(to, object->told_size);
        pack_i64(to, object->mtime);
    }
    if ((marks & HAS_DIGEST) != 0)
        pack_raw(to, object->digest, DIGEST_SIZE);
}

void hollow_pack(const struct message *message, const struct scan_plan *plan,
                 struct packer *to)
{
    const GPtrArray *objects = message->objects;
    pack_u32(to, objects->len);
    for (unsigned i = 0; i < objects->len; i++)
        hollow_pack_object(objects->pdata[i], plan, to);
}

static void free_object(void *p)
{
    object_free(p);
}

struct message *hollow_message_new(const struct session *session,
                                   uint32_t objects)
{
    struct message *message = g_new0(struct message, 1);
    message->session = session;
    message->objects = g_ptr_array_new_full(objects, free_object);
    message->notes = g_ptr_array_new_with_free_func(g_free);
    return message;
}

bool hollow_unpack(struct unpacker *from, const struct reply_context *context,
                   struct message **out, GError **error)
{
    uint64_t max = MIN(context->plan->limits.max_objects, UINT32_MAX);
    uint32_t n = unpack_count(from, (uint32_t)MAX(max, 1), HOLLOW_MIN_SIZE);
    struct message *message = hollow_message_new(context->session, n);
    const char *rule = NULL;
    if (n == 0)
        rule = from->is_bad ? "is not well made"
                            : "is not there, and one has to be";
    uint32_t at = 0;
    for (; at < n && rule == NULL; at++)
        rule = hollow_unpack_object(from, context, message);
    if (rule != NULL) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_PEER, "object %u of %u %s",
                    at > 0 ? at - 1 : 0, n, rule);
        message_free(message);
        return false;
    }
    *out = message;
    return true;
}
