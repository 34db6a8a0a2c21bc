/* SPDX-License-Identifier: MIT */
#include "mail/object.h"

#include "mail/detect.h"
#include "mail/text.h"

#include <string.h>

enum {
    MAX_NAMES = 16,
    MAX_NAME_BYTES = 4096, /* longer names are cut: file systems stop at 255 */
    MAX_TYPE_BYTES = 127   /* RFC 6838 4.2 */
};

struct object *object_new(uint32_t kind, GBytes *bytes)
{
    struct object *object = g_new0(struct object, 1);
    object->kind = kind;
    object->readings = OBJECT_ALL_READINGS;
    if (bytes != NULL)
        object_set_content(object, bytes);
    return object;
}

void object_set_content(struct object *object, GBytes *bytes)
{
    g_assert(object->bytes == NULL);
    object->bytes = g_bytes_ref(bytes);
    object->data = g_bytes_get_data(bytes, &object->size);
    if (object->data == NULL)
        object->data = (const uint8_t *)"";
    if (object->kind == ASSAY_OBJECT_MESSAGE) {
        object->type_detected = "message/rfc822";
        object->flags |= ASSAY_OBJECT_CONTAINER;
        return;
    }
    object->type_detected = detect_type(object->data, object->size);
    if (detect_is_text(object->type_detected))
        object->flags |= ASSAY_OBJECT_TEXT;
}

static void name_free(void *p)
{
    struct object_name *name = p;
    g_free(name->text);
    g_free(name->raw);
    g_free(name);
}

void object_free(struct object *object)
{
    if (object == NULL)
        return;
    if (object->bytes != NULL)
        g_bytes_unref(object->bytes);
    g_free(object->type_declared);
    g_free(object->charset);
    g_free(object->disposition);
    g_free(object->encoding);
    g_free(object->content_id);
    g_free(object->method);
    g_free(object->path);
    if (object->names != NULL)
        g_ptr_array_unref(object->names);
    if (object->fields != NULL)
        g_array_unref(object->fields);
    g_free(object->text);
    g_free(object);
}

void object_set_type(struct object *object, const char *p, size_t n)
{
    size_t end = 0;
    while (end < n && p[end] != ';' && p[end] != '\0')
        end++;
    while (end > 0 && g_ascii_isspace(p[end - 1]))
        end--;
    while (end > 0 && g_ascii_isspace(*p)) {
        p++;
        end--;
    }
    g_free(object->type_declared);
    object->type_declared =
        end == 0 ? NULL
                 : g_ascii_strdown(p, (gssize)MIN(end, (size_t)MAX_TYPE_BYTES));
}

static bool has_name(const struct object *object, const char *text)
{
    for (unsigned i = 0; object->names != NULL && i < object->names->len; i++) {
        const struct object_name *name = g_ptr_array_index(object->names, i);
        if (strcmp(name->text, text) == 0)
            return true;
    }
    return false;
}

void object_add_decoded(struct object *object, const char *raw, size_t raw_n,
                        char *text)
{
    bool is_new = text[0] != '\0' && !has_name(object, text);
    bool is_full = object->names != NULL && object->names->len >= MAX_NAMES;
    object->is_name_cut |= is_new && is_full;
    if (!is_new || is_full) {
        g_free(text);
        return;
    }
    if (object->names == NULL)
        object->names = g_ptr_array_new_with_free_func(name_free);
    struct object_name *name = g_new(struct object_name, 1);
    name->text = text;
    name->raw = g_strndup("", raw_n);
    memcpy(name->raw, raw, raw_n);
    name->raw_n = raw_n;
    g_ptr_array_add(object->names, name);
}

void object_add_name(struct object *object, const char *raw, size_t raw_n,
                     const char *charset, const char *text)
{
    object->is_name_cut |=
        raw_n > MAX_NAME_BYTES ||
        (text != NULL && strnlen(text, MAX_NAME_BYTES + 1) > MAX_NAME_BYTES);
    raw_n = MIN(raw_n, (size_t)MAX_NAME_BYTES);
    size_t n = 0;
    g_autofree char *decoded =
        text == NULL
            ? text_convert(raw, raw_n, charset, 0, &n)
            : text_convert(text, strlen(text), "utf-8", MAX_NAME_BYTES, &n);
    /* NUL must not hide .exe, neither behind it nor before it. */
    g_autofree char *head = strlen(decoded) < n ? g_strdup(decoded) : NULL;
    text_blank_nul(decoded, n);
    object_add_decoded(object, raw, raw_n, g_steal_pointer(&decoded));
    if (head != NULL)
        object_add_decoded(object, raw, raw_n, g_steal_pointer(&head));
}

const char *object_name(const struct object *object)
{
    if (object->names == NULL || object->names->len == 0)
        return NULL;
    const struct object_name *name = g_ptr_array_index(object->names, 0);
    return name->text;
}

const uint8_t *object_digest(struct object *object)
{
    if (!object->has_digest && object->bytes == NULL)
        return NULL;
    if (!object->has_digest) {
        digest_sha256(object->data, object->size, object->digest);
        object->has_digest = true;
    }
    return object->digest;
}
