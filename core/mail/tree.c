/* SPDX-License-Identifier: MIT */
#include "mail/tree.h"

#include "mail/text.h"

#include <gmime/gmime.h>

/* Everything in this folder that calls GMime calls this first. */
static void start_gmime(void)
{
    static gsize once;
    if (g_once_init_enter(&once)) {
        g_mime_init();
        g_once_init_leave(&once, 1);
    }
}

static void span_clear(void *p)
{
    struct span *span = p;
    g_free(span->face);
}

/* What is being collected. */
struct walk {
    GArray *spans;
    size_t from;
};

static size_t head_of(const struct walk *walk, GMimeObject *entity)
{
    GMimeHeaderList *list = g_mime_object_get_header_list(entity);
    if (g_mime_header_list_get_count(list) == 0)
        return SIZE_MAX;
    gint64 at =
        g_mime_header_get_offset(g_mime_header_list_get_header_at(list, 0));
    return at < 0 ? SIZE_MAX : walk->from + (size_t)at;
}

static void set_content(const struct walk *walk, GMimeObject *entity,
                        struct span *span)
{
    if (!GMIME_IS_PART(entity))
        return;
    GMimeDataWrapper *content = g_mime_part_get_content(GMIME_PART(entity));
    if (content == NULL)
        return;
    GMimeStream *stream = g_mime_data_wrapper_get_stream(content);
    span->body = walk->from + (size_t)stream->bound_start;
    span->end = walk->from + (size_t)stream->bound_end;
}

static void set_multipart(GMimeObject *entity, struct span *span)
{
    GMimeMultipart *multipart = GMIME_MULTIPART(entity);
    span->is_multipart = true;
    span->has_boundary =
        g_mime_object_get_content_type_parameter(entity, "boundary") != NULL;
    span->is_closed = multipart->write_end_boundary;
    span->children = (uint32_t)g_mime_multipart_get_count(multipart);
    if (span->children == 0)
        span->face = g_strdup(multipart->prologue);
}

/* Depth is bounded: max_mime_depth, and GMime's own 1,024. */
static void add(struct walk *walk, GMimeObject *entity, uint32_t parent)
{
    struct span span = {.parent = parent, .head = head_of(walk, entity)};
    uint32_t index = walk->spans->len;
    if (!GMIME_IS_MULTIPART(entity)) {
        set_content(walk, entity, &span);
        g_array_append_val(walk->spans, span);
        return;
    }
    set_multipart(entity, &span);
    g_array_append_val(walk->spans, span);
    GMimeMultipart *multipart = GMIME_MULTIPART(entity);
    for (uint32_t i = 0; i < span.children; i++)
        add(walk, g_mime_multipart_get_part(multipart, (int)i), index);
}

GArray *tree_parse(const uint8_t *p, size_t from, size_t n)
{
    start_gmime();
    struct walk walk = {
        .spans = g_array_new(FALSE, FALSE, sizeof(struct span)),
        .from = from,
    };
    g_array_set_clear_func(walk.spans, span_clear);
    /* GMime only reads through the array's two public members. */
    GByteArray view = {.data = (guint8 *)(uintptr_t)(p + from),
                       .len = (guint)MIN(n - from, G_MAXUINT)};
    GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(&view);
    g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    if (message != NULL && message->mime_part != NULL) {
        add(&walk, message->mime_part, TREE_MAIL);
        g_array_index(walk.spans, struct span, 0).head = SIZE_MAX;
    }
    g_clear_object(&message);
    g_object_unref(parser);
    g_object_unref(stream);
    return walk.spans;
}

char *tree_decode_words(const char *p, size_t n)
{
    start_gmime();
    g_autofree char *raw = g_strndup(p, n);
    g_autofree char *unfolded = g_mime_utils_header_unfold(raw);
    g_autofree char *text = g_mime_utils_header_decode_text(NULL, unfolded);
    return text_convert(text, strlen(text), "utf-8", 0, NULL);
}

/* A Content-Type value; a Content-Disposition's parameters have the same form. */
static GMimeContentType *parse_type(const char *value, size_t n)
{
    start_gmime();
    g_autofree char *raw = g_strndup(value, n);
    g_autofree char *unfolded = g_mime_utils_header_unfold(raw);
    g_autofree char *text = g_mime_utils_header_decode_text(NULL, unfolded);
    return g_mime_content_type_parse(NULL, text);
}

char *tree_boundary(const char *value, size_t n)
{
    GMimeContentType *type = parse_type(value, n);
    const char *boundary = g_mime_content_type_get_parameter(type, "boundary");
    char *line = boundary == NULL ? NULL : g_strconcat("--", boundary, NULL);
    g_object_unref(type);
    return line;
}

static void add_params(struct object *object, GMimeParamList *list,
                       const char *name)
{
    int n = g_mime_param_list_length(list);
    for (int i = 0; i < n; i++) {
        GMimeParam *param = g_mime_param_list_get_parameter_at(list, i);
        const char *text = g_mime_param_get_value(param);
        if (text != NULL &&
            g_ascii_strcasecmp(g_mime_param_get_name(param), name) == 0)
            object_add_name(object, text, strlen(text), NULL, text);
    }
}

void tree_add_names(struct object *object, const struct field *field,
                    const char *name)
{
    if (g_ascii_strcasecmp(name, "filename") != 0) {
        GMimeContentType *type = parse_type(field->value, field->value_n);
        add_params(object, g_mime_content_type_get_parameters(type), name);
        g_object_unref(type);
        return;
    }
    start_gmime();
    g_autofree char *raw = g_strndup(field->value, field->value_n);
    g_autofree char *unfolded = g_mime_utils_header_unfold(raw);
    g_autofree char *text = g_mime_utils_header_decode_text(NULL, unfolded);
    GMimeContentDisposition *given =
        g_mime_content_disposition_parse(NULL, text);
    if (given == NULL)
        return;
    add_params(object, g_mime_content_disposition_get_parameters(given), name);
    g_object_unref(given);
}
