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

/* One decoding; lives on the stack. */
struct work {
    GMimeEncoding state;
    const uint8_t *p;
    size_t n;
    uint64_t max;
    size_t used; /* of p */
    size_t size; /* decoded, may be a chunk over max */
};

/* A new buffer, yours. */
static uint8_t *decode(struct work *work)
{
    size_t cap = g_mime_encoding_outlen(&work->state, work->n);
    size_t chunk = work->n;
    if (cap > work->max) {
        chunk = CHUNK_BYTES;
        cap = (size_t)work->max + g_mime_encoding_outlen(&work->state, chunk);
    }
    uint8_t *to = g_malloc(MAX(cap, 1));
    while (work->used < work->n && work->size < work->max) {
        size_t n = MIN(work->n - work->used, chunk);
        work->size += g_mime_encoding_step(&work->state,
                                           (const char *)work->p + work->used,
                                           n, (char *)to + work->size);
        work->used += n;
    }
    return to;
}

void decode_content(GBytes *raw, const char *encoding, uint64_t max,
                    struct decoded *out)
{
    *out = (struct decoded){0};
    GMimeContentEncoding how = encoding_of(encoding, &out->is_unknown);
    struct work work = {.max = max};
    work.p = g_bytes_get_data(raw, &work.n);
    if (how == GMIME_CONTENT_ENCODING_BINARY || work.n == 0) {
        out->is_shared = true;
        out->bytes = g_bytes_ref(raw);
        return;
    }
    g_mime_encoding_init_decode(&work.state, how);
    if (how == GMIME_CONTENT_ENCODING_UUENCODE) {
        size_t skip = uu_start(work.p, work.n);
        work.p += skip;
        work.n -= skip;
        work.state.state |= GMIME_UUDECODE_STATE_BEGIN;
    }
    uint8_t *bytes = decode(&work);
    out->has_junk = how == GMIME_CONTENT_ENCODING_BASE64 &&
                    is_junky(work.p, work.used, work.size);
    out->is_cut = work.size > max || work.used < work.n;
    size_t size = (size_t)MIN((uint64_t)work.size, max);
    if (size < work.n / 2)
        bytes = g_realloc(bytes, MAX(size, 1));
    out->bytes = g_bytes_new_take(bytes, size);
}
