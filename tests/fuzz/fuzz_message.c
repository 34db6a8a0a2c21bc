/* SPDX-License-Identifier: MIT */
/*
 * Whole mails.  Whatever the bytes are, there is a message: every object lies in the
 * tree, its content can be read to the last byte, names and texts are valid UTF-8,
 * header fields lie in the bytes, and no limit is exceeded.
 */
#include "mail/message.h"
#include "mail/text.h"

#include <assay/plugin.h>

#include <glib.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

static void check_names(const struct object *object)
{
    for (unsigned i = 0; object->names != NULL && i < object->names->len; i++) {
        const struct object_name *name = g_ptr_array_index(object->names, i);
        require(name->text[0] != '\0');
        require(g_utf8_validate(name->text, -1, NULL));
    }
}

static void check_fields(const struct object *object)
{
    for (unsigned i = 0; object->fields != NULL && i < object->fields->len;
         i++) {
        const struct field *f = &g_array_index(object->fields, struct field, i);
        require(f->name_n > 0);
        require(f->value > f->name);
        g_autofree char *name = g_strndup(f->name, f->name_n);
        g_autofree char *value = text_header(object, name, 0);
        require(value != NULL && g_utf8_validate(value, -1, NULL));
    }
}

static void check_object(const struct message *message, struct object *object,
                         unsigned id)
{
    require(object->id == id);
    require((object->parent == NULL) == (id == 0));
    require(object->parent == NULL || object->parent->id < id);
    require(object->parent == NULL ||
            object->depth == object->parent->depth + 1);
    require(object->path != NULL && object->type_detected != NULL);
    object_digest(object); /* reads all of it */
    check_names(object);
    check_fields(object);
    size_t n = 0;
    const char *text = text_utf8(object, &n);
    for (size_t i = 0; text != NULL && i < n; i++)
        require((uint8_t)text[i] != 0xff);
    require(message->objects->len > id);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct session *session;
    if (session == NULL)
        session = session_new();
    struct limits limits;
    limits_default(&limits);
    /* Small, so that they are met. */
    limits.max_header_bytes = 8192;
    limits.max_header_fields = 300;
    limits.max_group_nesting = 4;
    limits.max_mime_depth = 8;
    limits.max_parts = 40;
    limits.max_objects = 50;
    limits.max_bytes = 20000;
    limits.max_object_bytes = 8000;
    g_autoptr(GBytes) raw = g_bytes_new(data, size);
    struct message *message = message_new(raw, session, &limits);
    require(message->objects->len >= 1);
    require(message->objects->len <= limits.max_objects);
    require(message->parts <= limits.max_parts);
    require(message->header_fields <= limits.max_header_fields);
    require(message->bytes <= limits.max_bytes);
    for (unsigned i = 0; i < message->objects->len; i++) {
        struct object *object = g_ptr_array_index(message->objects, i);
        check_object(message, object, i);
        require(object->depth - object->unpack_depth <= limits.max_mime_depth);
    }
    message_free(message);
    return 0;
}
