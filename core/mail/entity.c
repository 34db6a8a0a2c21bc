/* SPDX-License-Identifier: MIT */
#include "mail/entity.h"

#include "mail/decode.h"
#include "mail/odd.h"
#include "mail/param.h"

#include <assay/plugin.h>

#include <string.h>

enum {
    MAX_SAME_FIELDS =
        16, /* a second Content-Type is odd, a seventeenth is flood */
    MAX_TOKEN_BYTES = 256
};

static const char *const mail_types[] = {"message/rfc822", "message/rfc2822",
                                         "message/global", "message/news",
                                         NULL};

/* A value without comments before it, up to its parameters or comments, lower case. */
static char *token_dup(const struct field *field)
{
    size_t at = param_skip_comments(field->value, field->value_n, 0);
    g_autofree char *text = g_strndup(
        field->value + at, MIN(field->value_n - at, (size_t)MAX_TOKEN_BYTES));
    char *end = strpbrk(text, ";(");
    if (end != NULL)
        *end = '\0';
    return g_ascii_strdown(g_strstrip(text), -1);
}

static char *content_id_dup(const struct field *field)
{
    g_autofree char *text = g_strndup(
        field->value, MIN(field->value_n, (uint32_t)MAX_TOKEN_BYTES * 4));
    g_strstrip(text);
    size_t n = strlen(text);
    if (n >= 2 && text[0] == '<' && text[n - 1] == '>')
        return g_strndup(text + 1, n - 2);
    return g_strdup(text);
}

static bool has_params(const struct field *field)
{
    return memchr(field->value, '=', field->value_n) != NULL;
}

/* Every name that occurrences of one field give. */
static void add_names(struct object *object, const char *field,
                      const char *param, size_t *budget)
{
    unsigned left = MAX_SAME_FIELDS;
    for (unsigned i = 0; left > 0 && i < object->fields->len; i++) {
        const struct field *f = &g_array_index(object->fields, struct field, i);
        if (!field_is(f, field))
            continue;
        left--;
        if (has_params(f))
            param_add_names(object, f, param, budget);
    }
}

static char *charset_dup(const struct field *type)
{
    GString *bytes = has_params(type) ? param_bytes(type, "charset") : NULL;
    return bytes == NULL ? NULL : g_string_free(bytes, FALSE);
}

/* Everything that the entity's own fields say about it; `fallback`: its type where
 * they name none. */
static void describe(struct object *object, const char *fallback,
                     size_t *budget)
{
    const GArray *fields = object->fields;
    const struct field *f = field_find(fields, "Content-Disposition", 0);
    if (f != NULL)
        object->disposition = token_dup(f);
    add_names(object, "Content-Disposition", "filename", budget);
    add_names(object, "Content-Type", "name", budget);
    f = field_find(fields, "Content-Type", 0);
    if (f != NULL) {
        g_autofree char *token = token_dup(f);
        if (strchr(token, '/') != NULL)
            object_set_type(object, token, strlen(token));
        object->charset = charset_dup(f);
    } else if (fallback != NULL) {
        object_set_type(object, fallback, strlen(fallback));
    }
    f = field_find(fields, "Content-ID", 0);
    if (f != NULL)
        object->content_id = content_id_dup(f);
    if (object->names != NULL ||
        g_strcmp0(object->disposition, "attachment") == 0)
        object->flags |= ASSAY_OBJECT_ATTACHMENT;
}

static bool is_mail_type(const char *type)
{
    for (const char *const *t = mail_types; *t != NULL; t++)
        if (g_strcmp0(type, *t) == 0)
            return true;
    return false;
}

/* Text is what says so and does not look like something else, or looks like it. */
static void set_text_flag(struct object *object)
{
    bool says = object->type_declared == NULL ||
                g_str_has_prefix(object->type_declared, "text/");
    bool is_open =
        strcmp(object->type_detected, "application/octet-stream") == 0 ||
        strcmp(object->type_detected, "inode/x-empty") == 0;
    if (says && is_open)
        object->flags |= ASSAY_OBJECT_TEXT;
}

static bool has_room(struct entity_work *work)
{
    if (work->message->objects->len < work->limits->max_objects)
        return true;
    message_note_partial(work->message, ASSAY_REASON_LIMIT_COUNT, "objects",
                         work->mail,
                         "More MIME parts than max_objects allows.");
    return false;
}

/* The fields of a span: its own, or the Content-... ones of the mail. */
static GArray *fields_of(const struct entity_work *work, struct span *span)
{
    if (span->fields != NULL)
        return g_steal_pointer(&span->fields);
    GArray *fields = g_array_new(FALSE, FALSE, sizeof(struct field));
    const GArray *mail = work->mail->fields;
    for (unsigned i = 0; i < mail->len; i++) {
        const struct field *f = &g_array_index(mail, struct field, i);
        if (field_is_content(f))
            g_array_append_vals(fields, f, 1);
    }
    return fields;
}

static struct object *parent_of(const struct entity_work *work,
                                const struct span *span)
{
    return span->parent == TREE_MAIL
               ? work->mail
               : g_ptr_array_index(work->objects, span->parent);
}

static uint64_t room_for(const struct entity_work *work)
{
    uint64_t used = work->message->bytes;
    uint64_t left =
        work->limits->max_bytes > used ? work->limits->max_bytes - used : 0;
    return MIN(left, work->limits->max_object_bytes);
}

static struct object *add_multipart(struct entity_work *work,
                                    const struct span *span, GArray *fields)
{
    g_autoptr(GBytes) nothing = g_bytes_new_static("", 0);
    struct object *object = object_new(ASSAY_OBJECT_PART, nothing);
    object->fields = fields;
    describe(object, NULL, &work->message->words_left);
    object->type_detected = "multipart/mixed";
    object->flags |= ASSAY_OBJECT_CONTAINER;
    message_add(work->message, parent_of(work, span), object);
    return object;
}

/* RFC 2046 5.1.5: what stands in a digest is a mail unless it says otherwise. */
static bool is_digest(const struct object *parent, const struct span *span)
{
    if (span->parent != TREE_MAIL && parent->kind == ASSAY_OBJECT_PART)
        return g_strcmp0(parent->type_declared, "multipart/digest") == 0;
    const struct field *type = field_find(parent->fields, "Content-Type", 0);
    if (span->parent == TREE_MAIL || type == NULL)
        return false;
    g_autofree char *token = token_dup(type);
    return strcmp(token, "multipart/digest") == 0;
}

static struct object *add_leaf(struct entity_work *work,
                               const struct span *span, GArray *fields)
{
    struct object *parent = parent_of(work, span);
    g_autofree char *encoding = NULL;
    const struct field *cte =
        field_find(fields, "Content-Transfer-Encoding", 0);
    if (cte != NULL)
        encoding = token_dup(cte);
    struct decoded decoded;
    g_autoptr(GBytes) raw = g_bytes_new_from_bytes(
        work->mail->bytes, span->body, span->end - span->body);
    decode_content(raw, encoding, room_for(work), &decoded);
    bool is_mail = field_find(fields, "Content-Type", 0) == NULL &&
                   is_digest(parent, span);
    struct object *object = object_new(ASSAY_OBJECT_PART, decoded.bytes);
    g_bytes_unref(decoded.bytes);
    object->fields = fields;
    object->encoding = g_steal_pointer(&encoding);
    describe(object, is_mail ? mail_types[0] : NULL,
             &work->message->words_left);
    set_text_flag(object);
    message_add(work->message, parent, object);
    if (decoded.is_cut)
        object->flags |= ASSAY_OBJECT_TRUNCATED;
    if (!decoded.is_shared)
        work->message->bytes += object->size;
    odd_content(work->message, object, &decoded, work->limits);
    return object;
}

struct object *entity_add(struct entity_work *work, struct span *span)
{
    if (!has_room(work))
        return NULL;
    GArray *fields = fields_of(work, span);
    struct object *object = span->is_multipart
                                ? add_multipart(work, span, fields)
                                : add_leaf(work, span, fields);
    odd_block(work->message, object, &span->block);
    odd_conflicts(work->message, object);
    if (!span->is_multipart && is_mail_type(object->type_declared)) {
        object->kind = ASSAY_OBJECT_MESSAGE;
        object->type_detected = "message/rfc822";
        object->flags &= ~ASSAY_OBJECT_TEXT;
        object->flags |= ASSAY_OBJECT_CONTAINER;
    }
    message_expand(work->message, object, work->limits);
    return object;
}

void entity_add_bare(struct entity_work *work, struct object *parent,
                     size_t from, size_t to)
{
    if (!has_room(work))
        return;
    g_autoptr(GBytes) bytes =
        g_bytes_new_from_bytes(work->mail->bytes, from, to - from);
    struct object *object = object_new(ASSAY_OBJECT_PART, bytes);
    object->fields = g_array_new(FALSE, FALSE, sizeof(struct field));
    set_text_flag(object);
    message_add(work->message, parent, object);
}
