/* SPDX-License-Identifier: MIT */
#include "mail/message.h"

#include "mail/entity.h"
#include "mail/field.h"
#include "mail/odd.h"
#include "mail/tree.h"

#include <assay/plugin.h>

#include <string.h>

enum {
    /* Nested mails share their outer mail's bytes but are parsed again: so many
     * times max_bytes of them, then no more. */
    NESTED_FACTOR = 8,
    MAX_SAME_NOTES = 16,
    MAX_PATH_NAME = 255, /* bytes of one name in a path */
    MAX_WORD_BYTES = 1024 * 1024
};

static void free_object(void *p)
{
    object_free(p);
}

static void add_note(struct message *message, const struct note *given)
{
    unsigned same = 0;
    for (unsigned i = 0; i < message->notes->len; i++) {
        const struct note *seen = g_ptr_array_index(message->notes, i);
        if (strcmp(seen->name, given->name) != 0)
            continue;
        if (seen->object == given->object || ++same == MAX_SAME_NOTES)
            return;
    }
    g_ptr_array_add(message->notes, g_memdup2(given, sizeof *given));
}

void message_note(struct message *message, uint32_t kind, const char *name,
                  struct object *object, const char *text)
{
    struct note note = {
        .kind = kind, .name = name, .object = object, .text = text};
    add_note(message, &note);
}

void message_note_partial(struct message *message, uint32_t reason,
                          const char *name, struct object *object,
                          const char *text)
{
    struct note note = {.kind = ASSAY_KIND_PARTIAL,
                        .reason = reason,
                        .name = name,
                        .object = object,
                        .text = text};
    add_note(message, &note);
}

static bool is_mime(const struct object *object)
{
    return object->kind == ASSAY_OBJECT_MESSAGE ||
           object->kind == ASSAY_OBJECT_PART;
}

/* Bytes of a name that a path shows: whole characters. */
static int shown_bytes(const char *name)
{
    size_t n = strlen(name);
    if (n > MAX_PATH_NAME) {
        n = MAX_PATH_NAME;
        while (n > 0 && ((uint8_t)name[n] & 0xc0) == 0x80)
            n--;
    }
    return (int)n;
}

/* MIME entities are numbered, members named. */
static char *make_path(const struct object *parent, const struct object *object)
{
    const char *name = is_mime(object) ? NULL : object_name(object);
    const char *between = "!";
    if (parent->path[0] == '\0')
        between = "";
    else if (is_mime(object) && is_mime(parent))
        between = ".";
    if (name == NULL)
        return g_strdup_printf("%s%s%u", parent->path, between,
                               parent->child_count);
    return g_strdup_printf("%s%s%.*s", parent->path, between, shown_bytes(name),
                           name);
}

void message_add(struct message *message, struct object *parent,
                 struct object *object)
{
    object->id = message->objects->len;
    object->parent = parent;
    if (parent == NULL) {
        object->path = g_strdup("");
    } else {
        parent->child_count++;
        parent->flags |= ASSAY_OBJECT_CONTAINER;
        object->depth = parent->depth + 1;
        object->unpack_depth = parent->unpack_depth + (is_mime(object) ? 0 : 1);
        object->path = make_path(parent, object);
    }
    g_ptr_array_add(message->objects, object);
    if (object->is_name_cut)
        message_note_partial(message, ASSAY_REASON_LIMIT_COUNT, "names", object,
                             "Its names are more or longer than are read.");
}

static bool is_blank(const uint8_t *p, size_t n)
{
    size_t i = 0;
    while (i < n && g_ascii_isspace(p[i]))
        i++;
    return i == n;
}

/* A multipart is in the tree; what stands in one without parts is shown as text by
 * some clients. */
static void finish_multipart(struct entity_work *work, const struct span *span,
                             struct object *object, bool is_whole)
{
    bool blank = span->children > 0 || is_blank(work->mail->data + span->body,
                                                span->end - span->body);
    if (is_whole)
        odd_multipart(work->message, object, span, blank);
    if (!blank)
        entity_add_bare(work, object, span->body, span->end);
}

static void add_spans(struct entity_work *work, const struct tree *tree)
{
    for (unsigned i = 0; i < tree->spans->len; i++) {
        struct span *span = &g_array_index(tree->spans, struct span, i);
        /* The mail's own multipart is the mail: it has no number in IMAP. */
        bool is_mail = span->is_multipart && span->parent == TREE_MAIL;
        struct object *object = is_mail ? work->mail : entity_add(work, span);
        if (object == NULL)
            return;
        if (is_mail)
            odd_conflicts(work->message, object);
        g_ptr_array_add(work->objects, object);
        if (span->is_multipart)
            finish_multipart(work, span, object, tree->reached == NULL);
    }
}

static void expand(struct entity_work *work)
{
    struct object *mail = work->mail;
    struct message *message = work->message;
    struct limits left = *work->limits;
    left.max_parts -= MIN(left.max_parts, message->parts);
    left.max_header_fields -=
        MIN(left.max_header_fields, message->header_fields);
    struct tree tree;
    tree_read(mail->data, mail->size, &left, mail->depth - mail->unpack_depth,
              &tree);
    message->parts += tree.parts;
    message->header_fields += tree.header_fields;
    /* A nested mail had the fields of the part that holds it. */
    g_clear_pointer(&mail->fields, g_array_unref);
    mail->fields = g_steal_pointer(&tree.fields);
    odd_tree(message, mail, &tree);
    odd_block(message, mail, &tree.block);
    if (mail->fields->len == 0 && tree.reached == NULL) {
        odd_headless(message, mail);
        if (mail->size > 0)
            entity_add_bare(work, mail, 0, mail->size);
    }
    add_spans(work, &tree);
    tree_clear(&tree);
}

void message_expand(struct message *message, struct object *object,
                    const struct limits *limits)
{
    /* A part that says it is text is shown as text: header lines in it are quoted. */
    if (object->is_expanded ||
        strcmp(object->type_detected, "message/rfc822") != 0 ||
        (object->kind == ASSAY_OBJECT_PART &&
         g_str_has_prefix(object->type_declared != NULL ? object->type_declared
                                                        : "text/plain",
                          "text/")))
        return;
    object->is_expanded = true;
    if (object->parent != NULL) {
        message->nested_bytes += object->size;
        bool is_deep =
            object->depth - object->unpack_depth >= limits->max_mime_depth;
        bool is_much =
            message->nested_bytes / NESTED_FACTOR > limits->max_bytes;
        if (is_deep || is_much) {
            message_note_partial(message,
                                 is_deep ? ASSAY_REASON_LIMIT_DEPTH
                                         : ASSAY_REASON_LIMIT_BYTES,
                                 is_deep ? "mime_depth" : "bytes", object,
                                 "This nested mail was not parsed.");
            return;
        }
    }
    struct entity_work work = {
        .message = message,
        .limits = limits,
        .mail = object,
        .objects = g_ptr_array_new(),
    };
    expand(&work);
    g_ptr_array_unref(work.objects);
}

struct message *message_new(GBytes *raw, const struct session *session,
                            const struct limits *limits)
{
    struct message *message = g_new0(struct message, 1);
    message->session = session;
    message->words_left = MAX_WORD_BYTES;
    message->objects = g_ptr_array_new_with_free_func(free_object);
    message->notes = g_ptr_array_new_with_free_func(g_free);
    struct object *root = object_new(ASSAY_OBJECT_MESSAGE, raw);
    object_set_type(root, "message/rfc822", 14);
    message_add(message, NULL, root);
    message_expand(message, root, limits);
    return message;
}

void message_free(struct message *message)
{
    if (message == NULL)
        return;
    g_ptr_array_unref(message->objects);
    g_ptr_array_unref(message->notes);
    g_free(message);
}
