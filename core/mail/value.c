/* SPDX-License-Identifier: MIT */
#include "mail/value.h"

#include "mail/text.h"

#include <gmime/gmime.h>

#include <string.h>
#include <threads.h>

char *value_decode(const char *p, size_t n)
{
    static once_flag once = ONCE_FLAG_INIT;
    call_once(&once, g_mime_init);
    GString *raw = g_string_new_len(p, (gssize)n);
    /* GMime would stop there. */
    for (size_t i = 0; i < n; i++)
        if (raw->str[i] == '\0')
            raw->str[i] = ' ';
    g_autofree char *line = g_mime_utils_header_unfold(raw->str);
    g_string_free(raw, TRUE);
    g_autofree char *text = g_mime_utils_header_decode_text(NULL, line);
    return text_convert(text, strlen(text), "utf-8", 0, NULL);
}
