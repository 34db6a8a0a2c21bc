/* SPDX-License-Identifier: MIT */
#include "mail/decode.h"

#include <gmime/gmime.h>

#include <string.h>

enum {
    CHUNK_BYTES = 64 * 1024 /* where the decoded size is bounded */
};

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

static GMimeContentEncoding encoding_of(const char *name, bool *is_unknown)
{
    static const char *const identities[] = {"7bit", "8bit", "binary", "",
                                             NULL};
    static const char *const uuencodes[] = {"x-uuencode", "uuencode", "x-uue",
                                            NULL};
    *is_unknown = false;
    if (name == NULL || is_one_of(name, identities))
        return GMIME_CONTENT_ENCODING_BINARY;
    if (strcmp(name, "base64") == 0)
        return GMIME_CONTENT_ENCODING_BASE64;
    if (strcmp(name, "quoted-printable") == 0)
        return GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
    if (is_one_of(name, uuencodes))
        return GMIME_CONTENT_ENCODING_UUENCODE;
    *is_unknown = true;
    return GMIME_CONTENT_ENCODING_BINARY;
}

/* GMime's uudecoder wants to be told where the first data line is. */
static size_t uu_start(const uint8_t *p, size_t n)
{
    size_t at = 0;
    while (n - at > 6 && memcmp(p + at, "begin ", 6) != 0) {
        const uint8_t *eol = memchr(p + at, '\n', n - at);
        if (eol == NULL)
            return n;
        at = (size_t)(eol - p) + 1;
    }
    const uint8_t *eol = memchr(p + at, '\n', n - at);
    return eol == NULL ? n : (size_t)(eol - p) + 1;
}

/* Base64 decodes three bytes of four characters; all others should be line ends and
 * padding. */
static bool is_junky(const uint8_t *p, size_t n, size_t decoded)
{
    size_t space = 0;
    for (size_t i = 0; i < n; i++)
        space += p[i] <= ' ' || p[i] == '=';
    size_t letters = decoded / 3 * 4 + (decoded % 3 > 0 ? decoded % 3 + 1 : 0);
    return n - space > letters + 3;
}

/* Decodes p[0..n) into at most `max` bytes; a new buffer, yours. */
static uint8_t *decode(GMimeEncoding *state, const uint8_t *p, size_t n,
                       uint64_t max, size_t *used, size_t *size)
{
    size_t cap = g_mime_encoding_outlen(state, n);
    if (cap > max)
        cap = (size_t)max + g_mime_encoding_outlen(state, CHUNK_BYTES);
    uint8_t *to = g_malloc(MAX(cap, 1));
    *used = 0;
    *size = 0;
    while (*used < n && *size < max) {
        size_t chunk = cap > max ? MIN(n - *used, (size_t)CHUNK_BYTES) : n;
        *size += g_mime_encoding_step(state, (const char *)p + *used, chunk,
                                      (char *)to + *size);
        *used += chunk;
    }
    return to;
}

void decode_content(GBytes *raw, size_t from, size_t to, const char *encoding,
                    uint64_t max, struct decoded *out)
{
    *out = (struct decoded){0};
    size_t n = to - from;
    GMimeContentEncoding how = encoding_of(encoding, &out->is_unknown);
    if (how == GMIME_CONTENT_ENCODING_BINARY) {
        out->is_shared = true;
        out->bytes = g_bytes_new_from_bytes(raw, from, n);
        return;
    }
    const uint8_t *p = (const uint8_t *)g_bytes_get_data(raw, NULL) + from;
    GMimeEncoding state;
    g_mime_encoding_init_decode(&state, how);
    if (how == GMIME_CONTENT_ENCODING_UUENCODE) {
        size_t skip = uu_start(p, n);
        p += skip;
        n -= skip;
        state.state |= GMIME_UUDECODE_STATE_BEGIN;
    }
    size_t used = 0;
    size_t size = 0;
    uint8_t *bytes = decode(&state, p, n, max, &used, &size);
    out->has_junk =
        how == GMIME_CONTENT_ENCODING_BASE64 && is_junky(p, used, size);
    out->is_cut = size > max || used < n;
    size = (size_t)MIN((uint64_t)size, max);
    if (size < n / 2)
        bytes = g_realloc(bytes, MAX(size, 1));
    out->bytes = g_bytes_new_take(bytes, size);
}
