/* SPDX-License-Identifier: MIT */
#include "base/digest.h"
#include "base/escape.h"
#include "cli/amount.h"
#include "cli/json.h"
#include "cli/view.h"
#include "mail/object.h"

#include <assay/plugin.h>

#include <string.h>

static const char *const object_kinds[] = {
    [ASSAY_OBJECT_MESSAGE] = "message",
    [ASSAY_OBJECT_PART] = "part",
    [ASSAY_OBJECT_MEMBER] = "member",
    [ASSAY_OBJECT_DERIVED] = "derived",
};

static const struct flag {
    uint64_t bit;
    const char *name;
    bool is_odd; /* worth a word in the table */
} flags[] = {
    {ASSAY_OBJECT_ENCRYPTED, "encrypted", true},
    {ASSAY_OBJECT_DAMAGED, "damaged", true},
    {ASSAY_OBJECT_TRUNCATED, "truncated", true},
    {ASSAY_OBJECT_NAME_UNSAFE, "name_unsafe", true},
    {ASSAY_OBJECT_CONTAINER, "container", false},
    {ASSAY_OBJECT_TEXT, "text", false},
    {ASSAY_OBJECT_ATTACHMENT, "attachment", false},
    {ASSAY_OBJECT_DIRECTORY, "directory", false},
};

static const char *kind_name(const struct object *o)
{
    return o->kind < G_N_ELEMENTS(object_kinds) && object_kinds[o->kind] != NULL
               ? object_kinds[o->kind]
               : "object";
}

static void append_names(const struct object *o, GString *to)
{
    json_key(to, "names");
    g_string_append_c(to, '[');
    for (unsigned i = 0; o->names != NULL && i < o->names->len; i++) {
        const struct object_name *name = g_ptr_array_index(o->names, i);
        json_comma(to);
        json_text(to, name->text);
    }
    g_string_append_c(to, ']');
}

static void append_flags(const struct object *o, GString *to)
{
    json_key(to, "flags");
    g_string_append_c(to, '[');
    for (size_t i = 0; i < G_N_ELEMENTS(flags); i++)
        if ((o->flags & flags[i].bit) != 0) {
            json_comma(to);
            json_text(to, flags[i].name);
        }
    g_string_append_c(to, ']');
}

/* In `hex`, or NULL: not known here. */
static const char *hex_digest(struct object *o, char hex[DIGEST_HEX_SIZE])
{
    const uint8_t *digest = object_digest(o);
    if (digest == NULL)
        return NULL;
    digest_hex(digest, hex);
    return hex;
}

static void append_object(struct object *o, GString *to)
{
    char hex[DIGEST_HEX_SIZE];
    json_comma(to);
    g_string_append_c(to, '{');
    json_key(to, "id");
    json_uint(to, o->id);
    if (o->parent != NULL) {
        json_key(to, "parent");
        json_uint(to, o->parent->id);
    }
    json_key(to, "path");
    json_text(to, o->path);
    json_key(to, "kind");
    json_text(to, kind_name(o));
    append_names(o, to);
    json_key(to, "declared");
    json_text(to, o->type_declared);
    json_key(to, "detected");
    json_text(to, o->type_detected);
    json_key(to, "size");
    json_uint(to, o->size);
    json_key(to, "sha256");
    json_text(to, hex_digest(o, hex));
    json_key(to, "depth");
    json_uint(to, o->depth);
    json_key(to, "method");
    json_text(to, o->method);
    json_key(to, "origin");
    json_text(to, o->origin);
    append_flags(o, to);
    g_string_append_c(to, '}');
}

void view_json_objects(const struct answer *answer, GString *to)
{
    json_key(to, "tree");
    g_string_append_c(to, '[');
    const GPtrArray *objects = answer->message->objects;
    for (unsigned i = 0; !answer->is_unread && i < objects->len; i++)
        append_object(g_ptr_array_index(objects, i), to);
    g_string_append_c(to, ']');
}

static void append_line(struct object *o, GString *to)
{
    char hex[DIGEST_HEX_SIZE];
    const char *digest = hex_digest(o, hex);
    for (uint32_t i = 0; i < o->depth + 3; i++)
        g_string_append(to, "  ");
    const char *path = o->parent != NULL ? o->path : "message";
    escape_text(to, path, strlen(path), 0);
    g_string_append_printf(to, "  %s", o->type_detected);
    if (o->type_declared != NULL &&
        strcmp(o->type_declared, o->type_detected) != 0) {
        g_string_append(to, " (said: ");
        escape_text(to, o->type_declared, strlen(o->type_declared), 100);
        g_string_append_c(to, ')');
    }
    g_string_append(to, "  ");
    amount_bytes(to, o->size);
    if (digest != NULL)
        g_string_append_printf(to, "  sha256:%.12s", digest);
    for (size_t i = 0; i < G_N_ELEMENTS(flags); i++)
        if (flags[i].is_odd && (o->flags & flags[i].bit) != 0)
            g_string_append_printf(to, "  %s", flags[i].name);
    for (unsigned i = 0; o->names != NULL && i < o->names->len; i++) {
        const struct object_name *name = g_ptr_array_index(o->names, i);
        g_string_append(to, i == 0 ? "  \"" : ", \"");
        escape_text(to, name->text, strlen(name->text), 200);
        g_string_append_c(to, '"');
    }
    g_string_append_c(to, '\n');
}

/* Depth first: the array is in order of appearance.  Bounded by limits.max_depth
 * and max_mime_depth; parents stand before their children. */
static void append_tree(const struct answer *answer, GString *to)
{
    const GPtrArray *objects = answer->message->objects;
    unsigned n = objects->len;
    /* first[i], next[i]: child and sibling lists by id + 1, 0 ends. */
    uint32_t *first = g_new0(uint32_t, n);
    uint32_t *next = g_new0(uint32_t, n);
    for (unsigned i = n; i-- > 1;) {
        const struct object *o = g_ptr_array_index(objects, i);
        next[i] = first[o->parent->id];
        first[o->parent->id] = i + 1;
    }
    for (uint32_t at = 1; at != 0;) {
        struct object *o = g_ptr_array_index(objects, at - 1);
        append_line(o, to);
        at = first[o->id];
        while (at == 0 && o != NULL) {
            at = next[o->id];
            o = o->parent;
        }
    }
    g_free(first);
    g_free(next);
}

void view_table_objects(const struct answer *answer, GString *to)
{
    if (!answer->is_unread && answer->message->objects->len > 0)
        append_tree(answer, to);
}
