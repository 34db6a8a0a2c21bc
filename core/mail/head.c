/* SPDX-License-Identifier: MIT */
#include "mail/head.h"

#include "mail/param.h"

#include <string.h>

enum {
    FREE_PARAMETERS = 32 /* of one field; those beyond count as fields */
};

/* Deepest group nesting of an address field: a colon outside of quotes, comments
 * and domain literals opens one, a semicolon closes it. */
static uint64_t group_depth(const struct field *field)
{
    uint64_t depth = 0;
    uint64_t deepest = 0;
    unsigned until = 0;
    for (uint32_t i = 0; i < field->value_n; i++) {
        uint8_t c = (uint8_t)field->value[i];
        if (c == '\\')
            i++;
        else if (until != 0)
            until = c == until ? 0 : until;
        else if (c == '"')
            until = '"';
        else if (c == '(')
            until = ')';
        else if (c == '[')
            until = ']';
        else if (c == ':')
            depth++;
        else if (c == ';' && depth > 0)
            depth--;
        deepest = MAX(deepest, depth);
    }
    return deepest;
}

/* Few bytes cannot nest deep: most fields are not looked at. */
static bool is_group_deep(const struct field *field, uint64_t most)
{
    static const char *const addresses[] = {
        "from", "to", "cc", "bcc", "sender", "reply-to", "resent-to"};
    for (size_t i = 0; field->value_n > most && i < G_N_ELEMENTS(addresses);
         i++)
        if (field_is(field, addresses[i]))
            return group_depth(field) > most;
    return false;
}

static uint64_t cost_of(const struct field *field)
{
    uint64_t params = 0;
    if (field_is_content(field))
        for (uint32_t i = 0; i < field->value_n; i++)
            params += field->value[i] == ';';
    return 1 + (params > FREE_PARAMETERS ? params - FREE_PARAMETERS : 0);
}

static bool is_dashes(const struct head_source *source, size_t at)
{
    return source->n - at >= 2 && memcmp(source->p + at, "--", 2) == 0;
}

static bool begins(const struct head_source *source, size_t at,
                   const GString *own)
{
    return own != NULL && own->len <= source->n - at &&
           memcmp(source->p + at, own->str, own->len) == 0;
}

/* Is the line at `at` a boundary line?  `own` is what the block itself names, made
 * at its first line that may be one. */
static bool is_boundary(struct head_source *source, size_t at,
                        const struct head *head, GString **own)
{
    if (!is_dashes(source, at))
        return false;
    if (*own == NULL) {
        bool is_multipart;
        *own = head_boundary(head->fields, &is_multipart);
        if (*own == NULL)
            *own = g_string_new("\n"); /* no line begins so */
    }
    return begins(source, at, *own) ||
           edge_find(source->edges, source->p, at, source->n).is_match;
}

/* False: it does not fit into the limits. */
static bool take_field(struct head_source *source, const struct field *field,
                       struct head *out)
{
    uint64_t cost = cost_of(field);
    if (cost > source->fields_left) {
        out->reached = "header_fields";
        return false;
    }
    source->fields_left -= cost;
    out->is_group_deep |=
        is_group_deep(field, source->limits->max_group_nesting);
    g_array_append_vals(out->fields, field, 1);
    return true;
}

void head_read(struct head_source *source, size_t at, bool is_mail,
               struct head *out)
{
    *out = (struct head){.fields = g_array_sized_new(FALSE, FALSE,
                                                     sizeof(struct field),
                                                     is_mail ? 32 : 4)};
    uint64_t most = source->limits->max_header_bytes;
    bool is_bounded = most < source->n - at;
    struct field_reader reader = {
        .p = source->p, .n = is_bounded ? at + most : source->n, .at = at};
    struct field field;
    enum field_line line;
    GString *own = NULL;
    while ((line = field_next(&reader, &field)) != FIELD_LINE_END) {
        if (is_bounded && reader.at == reader.n) {
            out->reached = "header_bytes";
            reader.at = reader.start;
            break;
        }
        bool is_bare =
            line == FIELD_LINE_JUNK && !is_mail && out->fields->len == 0;
        if (line == FIELD_LINE_EOF || is_bare ||
            is_boundary(source, reader.start, out, &own) ||
            (line == FIELD_LINE_FIELD && !take_field(source, &field, out))) {
            reader.at = reader.start;
            break;
        }
        out->block.junk += line == FIELD_LINE_JUNK;
    }
    out->end = reader.at;
    field_examine(source->p, at, out->end, out->fields, &out->block);
    if (own != NULL)
        g_string_free(own, TRUE);
}

size_t head_first_field(const struct head_source *source)
{
    size_t n =
        (size_t)MIN(source->limits->max_header_bytes, (uint64_t)source->n);
    struct field_reader reader = {
        .p = source->p, .n = n, .at = field_skip_from_line(source->p, n)};
    struct field field;
    enum field_line line;
    do
        line = field_next(&reader, &field);
    while (line == FIELD_LINE_JUNK);
    return line == FIELD_LINE_FIELD ? reader.start : source->n;
}

GString *head_boundary(const GArray *fields, bool *is_multipart)
{
    const struct field *type = field_find(fields, "Content-Type", 0);
    *is_multipart = type != NULL && param_is_type(type, "multipart");
    GString *line = *is_multipart ? param_bytes(type, "boundary") : NULL;
    return line == NULL ? NULL : g_string_prepend(line, "--");
}
