/* SPDX-License-Identifier: MIT */
/*
 * Text: the first line is a charset, the rest is bytes in it, and a header value.
 * What comes out is valid UTF-8 of a bounded size.
 */
#include "mail/text.h"
#include "mail/words.h"

#include <glib.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(const char *text, size_t n, size_t from)
{
    const char *bad = text;
    const char *end = text + n;
    while (!g_utf8_validate(bad, end - bad, &bad)) {
        if (*bad != '\0' || bad == end)
            abort();
        bad++;
    }
    if (n > 8 * from + 64 || text[n] != '\0')
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *p = (const char *)data;
    const char *eol = size == 0 ? NULL : memchr(p, '\n', size);
    size_t n = eol == NULL ? 0 : size - (size_t)(eol + 1 - p);
    g_autofree char *charset =
        eol == NULL ? NULL : g_strndup(p, (size_t)(eol - p));
    size_t out_n = 0;
    g_autofree char *text = text_convert(
        eol == NULL ? p : eol + 1, eol == NULL ? size : n, charset, 0, &out_n);
    require(text, out_n, size);
    g_autofree char *value = words_decode(p, size, &out_n);
    require(value, out_n, size);
    return 0;
}
