/* SPDX-License-Identifier: MIT */
#include "mail/text.h"

#include "mail/charset.h"
#include "mail/field.h"
#include "mail/words.h"

#include <glib.h>

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

enum {
    REPLACEMENT_BYTES = 3,
    ROOM_BYTES = 16, /* more than one character takes */
    /* A converter is slow on bytes that it cannot read: after so many the charset
     * is a lie. */
    MAX_INVALID = 64 * 1024
};

/* Bytes that are being written; yours once taken. */
struct output {
    char *p;
    size_t n;
    size_t cap;
};

static void reserve(struct output *out, size_t n)
{
    if (out->cap - out->n > n)
        return;
    out->cap = out->cap + out->cap / 2 + n + ROOM_BYTES;
    out->p = g_realloc(out->p, out->cap);
}

static void append(struct output *out, const char *p, size_t n)
{
    reserve(out, n);
    if (n > 0)
        memcpy(out->p + out->n, p, n);
    out->n += n;
}

/* UTF-8 with its invalid bytes replaced.  GLib calls NUL invalid, we do not. */
static void append_utf8(struct output *out, const char *p, size_t n)
{
    const char *end = p + n;
    while (p < end) {
        const char *bad;
        bool is_valid = g_utf8_validate_len(p, (size_t)(end - p), &bad);
        append(out, p, (size_t)(bad - p));
        if (is_valid)
            return;
        append(out, *bad == '\0' ? bad : REPLACEMENT,
               *bad == '\0' ? 1 : REPLACEMENT_BYTES);
        p = bad + 1;
    }
}

static bool is_utf8(const char *p, size_t n)
{
    const char *end = p + n;
    const char *bad = p;
    while (!g_utf8_validate_len(p, (size_t)(end - p), &bad)) {
        if (*bad != '\0')
            return false;
        p = bad + 1;
    }
    return true;
}

/* What a converter has kept back, to see what comes: a letter on which a mark may be
 * put (windows-1255, windows-1258, TCVN), or the first half of a pair. */
static void append_kept(struct output *out, iconv_t converter)
{
    reserve(out, ROOM_BYTES);
    char *to = out->p + out->n;
    size_t left = out->cap - out->n;
    iconv(converter, NULL, NULL, &to, &left);
    out->n = (size_t)(to - out->p);
}

/* False: too much of it cannot be read in that charset. */
static bool append_converted(struct output *out, const char *p, size_t n,
                             const char *canonical)
{
    iconv_t converter;
    if (!charset_open(canonical, &converter))
        return false;
    char *in;
    memcpy(&in, &p, sizeof in); /* iconv takes what it only reads as writable */
    unsigned invalid = 0;
    while (n > 0) {
        reserve(out, n + ROOM_BYTES);
        char *to = out->p + out->n;
        size_t left = out->cap - out->n;
        size_t rc = iconv(converter, &in, &n, &to, &left);
        out->n = (size_t)(to - out->p);
        if (rc != (size_t)-1)
            break;
        if (errno == E2BIG) {
            reserve(out, out->cap);
            continue;
        }
        if (++invalid > MAX_INVALID)
            return false;
        append(out, REPLACEMENT, REPLACEMENT_BYTES);
        in++;
        n--;
    }
    append_kept(out, converter);
    return true;
}

/* A mark at the head: its charset and length. */
static const char *marked_charset(const char *p, size_t n, size_t *mark_n)
{
    static const struct {
        const char *mark;
        size_t n;
        const char *canonical;
    } marks[] = {
        {"\xff\xfe\x00\x00", 4, "UTF-32LE"},
        {"\x00\x00\xfe\xff", 4, "UTF-32BE"},
        {"\xff\xfe", 2, "UTF-16LE"},
        {"\xfe\xff", 2, "UTF-16BE"},
        {"\xef\xbb\xbf", 3, "UTF-8"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
        if (n >= marks[i].n && memcmp(p, marks[i].mark, marks[i].n) == 0) {
            *mark_n = marks[i].n;
            return marks[i].canonical;
        }
    *mark_n = 0;
    return NULL;
}

static void convert(struct output *out, const char *p, size_t n,
                    const char *canonical)
{
    bool is_guess = canonical == NULL || canonical[0] == '\0';
    if (is_guess && is_utf8(p, n)) {
        append(out, p, n);
        return;
    }
    if (!is_guess && strcmp(canonical, "UTF-8") == 0) {
        append_utf8(out, p, n);
        return;
    }
    if (!is_guess && append_converted(out, p, n, canonical))
        return;
    out->n = 0;
    if (!append_converted(out, p, n, "WINDOWS-1252")) {
        out->n = 0;
        append_utf8(out, p, n);
    }
}

char *text_convert(const char *p, size_t n, const char *charset, size_t max,
                   size_t *out_n)
{
    if (max > 0)
        n = MIN(n, max);
    struct output out = {.p = g_malloc(n + ROOM_BYTES), .cap = n + ROOM_BYTES};
    convert(&out, p, n, charset == NULL ? NULL : charset_canonical(charset));
    /* The C library writes characters beyond Unicode. */
    if (!is_utf8(out.p, out.n)) {
        struct output clean = {0};
        append_utf8(&clean, out.p, out.n);
        g_free(out.p);
        out = clean;
    }
    append(&out, "", 1);
    if (out_n != NULL)
        *out_n = out.n - 1;
    return out.p;
}

void text_blank_nul(char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text[i] == '\0')
            text[i] = ' ';
}

const char *text_utf8(struct object *object, size_t *n)
{
    if ((object->flags & ASSAY_OBJECT_TEXT) == 0 || object->bytes == NULL)
        return NULL;
    if (object->text == NULL) {
        const char *p = (const char *)object->data;
        size_t mark_n;
        const char *marked = marked_charset(p, object->size, &mark_n);
        object->text = text_convert(p + mark_n, object->size - mark_n,
                                    marked != NULL ? marked : object->charset,
                                    TEXT_MAX_BYTES, &object->text_n);
    }
    *n = object->text_n;
    return object->text;
}

char *text_header(const struct object *object, const char *name, unsigned index)
{
    const struct field *field = field_find(object->fields, name, index);
    if (field == NULL)
        return NULL;
    size_t n = 0;
    char *text = words_decode(
        field->value, MIN(field->value_n, (uint32_t)TEXT_MAX_HEADER_BYTES), &n);
    text_blank_nul(text, n);
    return g_strstrip(text);
}
