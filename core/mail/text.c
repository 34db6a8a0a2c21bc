/* SPDX-License-Identifier: MIT */
#include "mail/text.h"

#include "mail/field.h"
#include "mail/value.h"

#include <glib.h>

#include <errno.h>
#include <iconv.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

enum {
    REPLACEMENT_BYTES = 3
};

static bool is_utf8(const char *p, size_t n)
{
    const char *end = p + n;
    const char *bad;
    /* GLib calls NUL invalid, we do not. */
    while (!g_utf8_validate(p, end - p, &bad)) {
        if (bad == end || *bad != '\0')
            return false;
        p = bad + 1;
    }
    return true;
}

/* Converts with `cd`; what it cannot read becomes U+FFFD. */
static char *convert(iconv_t cd, const char *p, size_t n, size_t *out_n)
{
    size_t cap = n + n / 2 + 16;
    char *out = g_malloc(cap + 1);
    size_t used = 0;
    char *in = (char *)(uintptr_t)p;
    while (n > 0) {
        char *to = out + used;
        size_t left = cap - used;
        size_t rc = iconv(cd, &in, &n, &to, &left);
        used = (size_t)(to - out);
        if (rc != (size_t)-1)
            break;
        if (cap - used < 16) {
            cap += cap / 2 + 64;
            out = g_realloc(out, cap + 1);
        }
        if (errno == E2BIG)
            continue;
        memcpy(out + used, REPLACEMENT, REPLACEMENT_BYTES);
        used += REPLACEMENT_BYTES;
        in++;
        n--;
    }
    out[used] = '\0';
    *out_n = used;
    return out;
}

char *text_convert(const char *p, size_t n, const char *charset, size_t max,
                   size_t *out_n)
{
    size_t scratch = 0;
    if (out_n == NULL)
        out_n = &scratch;
    if (max > 0)
        n = MIN(n, max);
    if (charset == NULL && is_utf8(p, n)) {
        char *copy = g_malloc(n + 1);
        memcpy(copy, p, n);
        copy[n] = '\0';
        *out_n = n;
        return copy;
    }
    iconv_t cd =
        iconv_open("UTF-8", charset == NULL ? "WINDOWS-1252" : charset);
    if (cd == (iconv_t)-1)
        cd = iconv_open("UTF-8", is_utf8(p, n) ? "UTF-8" : "WINDOWS-1252");
    char *out = convert(cd, p, n, out_n);
    iconv_close(cd);
    return out;
}

bool text_knows_charset(const char *charset)
{
    iconv_t cd = iconv_open("UTF-8", charset);
    if (cd == (iconv_t)-1)
        return false;
    iconv_close(cd);
    return true;
}

const char *text_utf8(struct object *object, size_t *n)
{
    if ((object->flags & ASSAY_OBJECT_TEXT) == 0)
        return NULL;
    if (object->text == NULL)
        object->text = text_convert((const char *)object->data, object->size,
                                    object->charset, 0, &object->text_n);
    *n = object->text_n;
    return object->text;
}

char *text_header(const struct object *object, const char *name, unsigned index)
{
    const struct field *field = field_find(object->fields, name, index);
    if (field == NULL)
        return NULL;
    char *text = value_decode(field->value, field->value_n);
    return g_strstrip(text);
}
