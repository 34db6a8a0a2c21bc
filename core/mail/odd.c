/* SPDX-License-Identifier: MIT */
#include "mail/odd.h"

#include <assay/plugin.h>

#include <glib.h>

#include <string.h>

void odd_tree(struct message *message, struct object *mail,
              const struct tree *tree)
{
    if (tree->is_group_deep)
        message_note_partial(
            message, ASSAY_REASON_LIMIT_DEPTH, "group_nesting", mail,
            "An address field nests groups deeper than allowed.");
    if (tree->is_boundary_near)
        message_note(message, ASSAY_KIND_ANOMALY, "mime.boundary_near", mail,
                     "A boundary line goes on after the boundary: only some "
                     "programs see a part there.");
    if (tree->reached == NULL)
        return;
    uint32_t reason =
        strcmp(tree->reached, "mime_depth") == 0     ? ASSAY_REASON_LIMIT_DEPTH
        : strcmp(tree->reached, "header_bytes") == 0 ? ASSAY_REASON_LIMIT_SIZE
                                                     : ASSAY_REASON_LIMIT_COUNT;
    message_note_partial(message, reason, tree->reached, mail,
                         "What comes after this bound was not parsed.");
}

void odd_block(struct message *message, struct object *object,
               const struct field_block *block)
{
    if (block->has_8bit)
        message_note(message, ASSAY_KIND_INFO, "header.8bit", object,
                     "A header field holds bytes that are neither ASCII nor "
                     "UTF-8.");
    if (block->has_nul)
        message_note(message, ASSAY_KIND_ANOMALY, "header.nul", object,
                     "A header holds NUL, where some programs stop reading.");
    if (block->junk > 0)
        message_note(message, ASSAY_KIND_INFO, "header.junk", object,
                     "A header holds lines that are no field.");
}

void odd_conflicts(struct message *message, struct object *object)
{
    static const char *const single[] = {
        "Content-Type", "Content-Transfer-Encoding", "Content-Disposition"};
    for (size_t i = 0; i < G_N_ELEMENTS(single); i++) {
        const struct field *a = field_find(object->fields, single[i], 0);
        const struct field *b = field_find(object->fields, single[i], 1);
        if (b != NULL && (a->value_n != b->value_n ||
                          memcmp(a->value, b->value, a->value_n) != 0))
            message_note(message, ASSAY_KIND_ANOMALY, "mime.header_conflict",
                         object,
                         "A field that may stand once stands twice and "
                         "differs.");
    }
}

/* RFC 2045 6.4: a multipart is encoded in its parts, not as a whole.  Programs that
 * decode it first see other parts than those that do not. */
static bool is_encoded(const struct object *object)
{
    const struct field *f =
        field_find(object->fields, "Content-Transfer-Encoding", 0);
    if (f == NULL)
        return false;
    g_autofree char *text = g_strndup(f->value, MIN(f->value_n, 256u));
    g_strstrip(text);
    return g_ascii_strncasecmp(text, "base64", 6) == 0 ||
           g_ascii_strncasecmp(text, "quoted-printable", 16) == 0;
}

void odd_multipart(struct message *message, struct object *object,
                   const struct span *span, bool is_blank)
{
    if (is_encoded(object))
        message_note(message, ASSAY_KIND_ANOMALY, "mime.multipart_encoded",
                     object,
                     "A multipart is encoded as a whole: some programs decode "
                     "it before they look for its parts.");
    if (!span->has_boundary)
        message_note(message, ASSAY_KIND_ANOMALY, "mime.boundary_missing",
                     object, "A multipart names no boundary.");
    else if (span->children == 0 && !span->is_closed && !is_blank)
        message_note(message, ASSAY_KIND_ANOMALY, "mime.boundary_absent",
                     object, "A multipart's boundary never appears.");
    else if (span->children == 0)
        message_note(message, ASSAY_KIND_INFO, "mime.multipart_empty", object,
                     "A multipart has no parts.");
    else if (!span->is_closed)
        message_note(message, ASSAY_KIND_INFO, "mime.boundary_unclosed", object,
                     "A multipart's final boundary is missing.");
}

/* An unknown encoding in which some programs will recognise one. */
static bool is_misleading(const char *encoding)
{
    static const char *const parts[] = {"base",      "64", "quoted",
                                        "printable", "uu", "yenc"};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        if (strstr(encoding, parts[i]) != NULL)
            return true;
    return false;
}

static void odd_type(struct message *message, struct object *object)
{
    if (g_strcmp0(object->type_declared, "message/partial") == 0)
        message_note(message, ASSAY_KIND_ANOMALY, "mime.partial", object,
                     "The content is one piece of a message sent in several "
                     "mails.");
    if (g_strcmp0(object->type_declared, "message/external-body") == 0)
        message_note(message, ASSAY_KIND_INFO, "mime.external_body", object,
                     "The content lies elsewhere and is not in this mail.");
}

void odd_content(struct message *message, struct object *object,
                 const struct decoded *decoded, const struct limits *limits)
{
    if (decoded->is_unknown)
        message_note(message,
                     is_misleading(object->encoding) ? ASSAY_KIND_ANOMALY
                                                     : ASSAY_KIND_INFO,
                     "mime.encoding_unknown", object,
                     "The Content-Transfer-Encoding is none that is known.");
    if (decoded->has_tail)
        message_note(message, ASSAY_KIND_ANOMALY, "mime.base64_padding", object,
                     "Base64 goes on behind its padding, where some programs "
                     "stop.");
    if (decoded->has_junk)
        message_note(message, ASSAY_KIND_INFO, "mime.base64_junk", object,
                     "Base64 holds characters that do not belong there.");
    if (decoded->is_cut)
        message_note_partial(
            message, ASSAY_REASON_LIMIT_BYTES,
            object->size >= limits->max_object_bytes ? "object_bytes" : "bytes",
            object, "The decoded part is larger than allowed.");
    odd_type(message, object);
}

void odd_headless(struct message *message, struct object *mail)
{
    if (mail->size == 0)
        message_note(message, ASSAY_KIND_INFO, "mail.empty", mail,
                     "There is nothing in this mail.");
    else
        message_note(message, ASSAY_KIND_INFO, "mail.no_header", mail,
                     "The mail has no header.");
}
