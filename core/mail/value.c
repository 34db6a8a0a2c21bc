/* SPDX-License-Identifier: MIT */
#include "mail/value.h"

#include "mail/text.h"

#include <gmime/gmime.h>

#include <threads.h>

static void start_gmime(void)
{
    static once_flag once = ONCE_FLAG_INIT;
    call_once(&once, g_mime_init);
}

/* As GMime gives a field's value to its own parsers.  NUL becomes a blank, where
 * GMime would stop. */
static char *unfold(const char *p, size_t n)
{
    start_gmime();
    GString *raw = g_string_new_len(p, (gssize)n);
    for (size_t i = 0; i < n; i++)
        if (raw->str[i] == '\0')
            raw->str[i] = ' ';
    g_autofree char *line = g_mime_utils_header_unfold(raw->str);
    g_string_free(raw, TRUE);
    return g_mime_utils_header_decode_text(NULL, line);
}

char *value_decode(const char *p, size_t n)
{
    g_autofree char *text = unfold(p, n);
    return text_convert(text, strlen(text), "utf-8", 0, NULL);
}

char *value_boundary(const char *value, size_t n, bool *is_multipart)
{
    g_autofree char *text = unfold(value, n);
    GMimeContentType *type = g_mime_content_type_parse(NULL, text);
    *is_multipart = g_mime_content_type_is_type(type, "multipart", "*");
    const char *boundary =
        *is_multipart ? g_mime_content_type_get_parameter(type, "boundary")
                      : NULL;
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

void value_add_names(struct object *object, const struct field *field,
                     const char *name)
{
    g_autofree char *text = unfold(field->value, field->value_n);
    if (g_ascii_strcasecmp(name, "filename") != 0) {
        GMimeContentType *type = g_mime_content_type_parse(NULL, text);
        add_params(object, g_mime_content_type_get_parameters(type), name);
        g_object_unref(type);
        return;
    }
    GMimeContentDisposition *given =
        g_mime_content_disposition_parse(NULL, text);
    if (given == NULL)
        return;
    add_params(object, g_mime_content_disposition_get_parameters(given), name);
    g_object_unref(given);
}
