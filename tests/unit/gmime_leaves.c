/* SPDX-License-Identifier: MIT */
#include "gmime_leaves.h"

#include <assay/plugin.h>

#include <gmime/gmime.h>

#include <string.h>

static const struct object *next_leaf(const struct message *message,
                                      unsigned *at)
{
    while (*at < message->objects->len) {
        const struct object *object =
            g_ptr_array_index(message->objects, (*at)++);
        if ((object->flags & ASSAY_OBJECT_CONTAINER) == 0)
            return object;
    }
    return NULL;
}

bool leaves_are_same(const struct message *message, const GPtrArray *leaves)
{
    unsigned at = 0;
    for (unsigned i = 0; i < leaves->len; i++) {
        const GString *wanted = g_ptr_array_index(leaves, i);
        const struct object *leaf = next_leaf(message, &at);
        if (leaf == NULL || leaf->size != wanted->len ||
            memcmp(leaf->data, wanted->str, leaf->size) != 0)
            return false;
    }
    return next_leaf(message, &at) == NULL;
}

static GString *gmime_content(GMimePart *part)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    GMimeStream *to = g_mime_stream_mem_new();
    if (content != NULL)
        g_mime_data_wrapper_write_to_stream(content, to);
    GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(to));
    GString *text =
        g_string_new_len((const char *)bytes->data, (gssize)bytes->len);
    g_object_unref(to);
    return text;
}

static void collect(GMimeObject *entity, GPtrArray *leaves)
{
    if (GMIME_IS_MULTIPART(entity)) {
        GMimeMultipart *multipart = GMIME_MULTIPART(entity);
        int n = g_mime_multipart_get_count(multipart);
        for (int i = 0; i < n; i++)
            collect(g_mime_multipart_get_part(multipart, i), leaves);
        return;
    }
    if (GMIME_IS_MESSAGE_PART(entity)) {
        GMimeMessage *mail =
            g_mime_message_part_get_message(GMIME_MESSAGE_PART(entity));
        if (mail != NULL && mail->mime_part != NULL)
            collect(mail->mime_part, leaves);
        return;
    }
    g_ptr_array_add(leaves, gmime_content(GMIME_PART(entity)));
}

static void free_string(void *p)
{
    g_string_free(p, TRUE);
}

GPtrArray *gmime_leaves(const char *mail, size_t n)
{
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(mail, n);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    GPtrArray *leaves = NULL;
    if (message != NULL && message->mime_part != NULL) {
        leaves = g_ptr_array_new_with_free_func(free_string);
        collect(message->mime_part, leaves);
    }
    g_clear_object(&message);
    g_object_unref(parser);
    g_object_unref(stream);
    return leaves;
}
