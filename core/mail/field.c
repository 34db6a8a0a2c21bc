/* SPDX-License-Identifier: MIT */
#include "mail/field.h"

#include <string.h>

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

/* Offset behind the line that holds `at`. */
static size_t line_end(const struct field_reader *reader, size_t at)
{
    const uint8_t *eol = memchr(reader->p + at, '\n', reader->n - at);
    return eol == NULL ? reader->n : (size_t)(eol - reader->p) + 1;
}

static bool is_empty_line(const struct field_reader *reader)
{
    const uint8_t *p = reader->p + reader->at;
    size_t left = reader->n - reader->at;
    return p[0] == '\n' || (left > 1 && p[0] == '\r' && p[1] == '\n');
}

/* Length of the field name at p, SIZE_MAX where there is none; `colon` is its
 * offset. */
static size_t name_length(const uint8_t *p, size_t n, size_t *colon)
{
    size_t i = 0;
    while (i < n && p[i] > ' ' && p[i] != 0x7f && p[i] != ':')
        i++;
    size_t name_n = i;
    while (i < n && is_blank(p[i]))
        i++;
    if (name_n == 0 || i == n || p[i] != ':')
        return SIZE_MAX;
    *colon = i;
    return name_n;
}

enum field_line field_next(struct field_reader *reader, struct field *out)
{
    reader->start = reader->at;
    if (reader->at >= reader->n)
        return FIELD_LINE_EOF;
    const uint8_t *line = reader->p + reader->at;
    if (is_empty_line(reader)) {
        reader->at = line_end(reader, reader->at);
        return FIELD_LINE_END;
    }
    size_t end = line_end(reader, reader->at);
    size_t colon = 0;
    size_t name_n = name_length(line, end - reader->at, &colon);
    while (end < reader->n && is_blank(reader->p[end]))
        end = line_end(reader, end);
    reader->at = end;
    if (name_n == SIZE_MAX)
        return FIELD_LINE_JUNK;
    if (reader->p[end - 1] == '\n')
        end--;
    if (reader->p[end - 1] == '\r')
        end--;
    size_t value = reader->start + colon + 1;
    end = MAX(end, value);
    out->name = (const char *)line;
    out->name_n = (uint32_t)MIN(name_n, UINT32_MAX);
    out->value = (const char *)reader->p + value;
    out->value_n = (uint32_t)MIN(end - value, UINT32_MAX);
    return FIELD_LINE_FIELD;
}

static bool is_ascii(const uint8_t *p, size_t n)
{
    uint8_t seen = 0;
    for (size_t i = 0; i < n; i++)
        seen |= p[i];
    return seen < 0x80;
}

/* NUL is told apart, GLib would call it invalid. */
static bool is_utf8(const char *p, size_t n)
{
    const char *end = p + n;
    const char *bad;
    while (!g_utf8_validate(p, end - p, &bad)) {
        if (bad == end || *bad != '\0')
            return false;
        p = bad + 1;
    }
    return true;
}

void field_examine(const uint8_t *p, size_t from, size_t to,
                   const GArray *fields, struct field_block *block)
{
    block->has_nul |= memchr(p + from, '\0', to - from) != NULL;
    if (is_ascii(p + from, to - from))
        return;
    for (unsigned i = 0; i < fields->len && !block->has_8bit; i++) {
        const struct field *f = &g_array_index(fields, struct field, i);
        block->has_8bit =
            !is_utf8(f->name, f->name_n) || !is_utf8(f->value, f->value_n);
    }
}

bool field_is(const struct field *field, const char *name)
{
    return strlen(name) == field->name_n &&
           g_ascii_strncasecmp(field->name, name, field->name_n) == 0;
}

bool field_is_content(const struct field *field)
{
    return field->name_n > 8 &&
           g_ascii_strncasecmp(field->name, "Content-", 8) == 0;
}

const struct field *field_find(const GArray *fields, const char *name,
                               unsigned index)
{
    for (unsigned i = 0; fields != NULL && i < fields->len; i++) {
        const struct field *field = &g_array_index(fields, struct field, i);
        if (field_is(field, name) && index-- == 0)
            return field;
    }
    return NULL;
}

size_t field_skip_from_line(const uint8_t *p, size_t n)
{
    if (n < 5 || memcmp(p, "From ", 5) != 0)
        return 0;
    const uint8_t *eol = memchr(p, '\n', n);
    return eol == NULL ? 0 : (size_t)(eol - p) + 1;
}
