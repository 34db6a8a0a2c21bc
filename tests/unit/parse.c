/* SPDX-License-Identifier: MIT */
#include "parse.h"

#include <assay/plugin.h>

#include <glib.h>

#include <string.h>

struct parsed *parse(const char *mail, size_t n, const struct limits *limits)
{
    struct parsed *parsed = g_new0(struct parsed, 1);
    if (limits != NULL)
        parsed->limits = *limits;
    else
        limits_default(&parsed->limits);
    parsed->session = session_new();
    g_autoptr(GBytes) raw = g_bytes_new(mail, n == 0 ? strlen(mail) : n);
    parsed->message = message_new(raw, parsed->session, &parsed->limits);
    return parsed;
}

void parse_free(struct parsed *parsed)
{
    message_free(parsed->message);
    session_free(parsed->session);
    g_free(parsed);
}

struct object *parse_object(const struct parsed *parsed, const char *path)
{
    const GPtrArray *objects = parsed->message->objects;
    for (unsigned i = 0; i < objects->len; i++) {
        struct object *object = g_ptr_array_index(objects, i);
        if (strcmp(object->path, path) == 0)
            return object;
    }
    return NULL;
}

bool parse_holds(const struct parsed *parsed, const char *path,
                 const char *text)
{
    const struct object *object = parse_object(parsed, path);
    return object != NULL && object->size == strlen(text) &&
           memcmp(object->data, text, object->size) == 0;
}

static char shown[8192];

const char *parse_paths(const struct parsed *parsed)
{
    const GPtrArray *objects = parsed->message->objects;
    shown[0] = '\0';
    for (unsigned i = 1; i < objects->len; i++) {
        const struct object *object = g_ptr_array_index(objects, i);
        g_strlcat(shown, i > 1 ? " " : "", sizeof shown);
        g_strlcat(shown, object->path, sizeof shown);
    }
    return shown;
}

const char *parse_notes(const struct parsed *parsed)
{
    const GPtrArray *notes = parsed->message->notes;
    shown[0] = '\0';
    for (unsigned i = 0; i < notes->len; i++) {
        const struct note *note = g_ptr_array_index(notes, i);
        g_autofree char *one = g_strdup_printf(
            "%s%s:%s@%s", i > 0 ? " " : "",
            note->kind == ASSAY_KIND_INFO      ? "info"
            : note->kind == ASSAY_KIND_ANOMALY ? "anomaly"
                                               : "partial",
            note->name, note->object == NULL ? "-" : note->object->path);
        g_strlcat(shown, one, sizeof shown);
    }
    return shown;
}
