/* SPDX-License-Identifier: MIT */
#include "mail/decode.h"

#include <gmime/gmime.h>

#include <string.h>

enum {
    CHUNK_BYTES = 64 * 1024, /* where the decoded size is bounded */
    LEFT_BYTES = 4           /* what missing padding leaves */
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

/* GMime's uudecoder wants to be told where the first data line is; SIZE_MAX: there
 * is no line that begins it. */
static size_t uu_start(const uint8_t *p, size_t n)
{
    size_t at = 0;
    while (n - at > 6 && memcmp(p + at, "begin ", 6) != 0) {
        const uint8_t *eol = memchr(p + at, '\n', n - at);
        if (eol == NULL)
            return SIZE_MAX;
        at = (size_t)(eol - p) + 1;
    }
    if (n - at <= 6)
        return SIZE_MAX;
    const uint8_t *eol = memchr(p + at, '\n', n - at);
    return eol == NULL ? n : (size_t)(eol - p) + 1;
}

/* One decoding; lives on the stack. */
struct work {
    GMimeEncoding state;
    const uint8_t *p;
    size_t n;
    uint64_t max;
    size_t used; /* of p */
    size_t size; /* decoded, may be a chunk over max */
    bool has_tail;
};

/* Behind the padding that begins in p[at..n), or n. */
static size_t padding_end(const uint8_t *p, size_t at, size_t n)
{
    const uint8_t *pad = memchr(p + at, '=', n - at);
    if (pad == NULL)
        return n;
    at = (size_t)(pad - p);
    while (at < n && (p[at] == '=' || g_ascii_isspace(p[at])))
        at++;
    return at;
}

/* GMime stops at padding, many mail programs do not: what is behind it is decoded,
 * too. */
static size_t step(struct work *work, size_t n, char *to)
{
    const char *p = (const char *)work->p + work->used;
    if (work->state.encoding != GMIME_CONTENT_ENCODING_BASE64)
        return g_mime_encoding_step(&work->state, p, n, to);
    size_t size = 0;
    for (size_t at = 0; at < n;) {
        size_t end = padding_end((const uint8_t *)p, at, n);
        bool is_behind = work->state.state == -1;
        if (is_behind)
            g_mime_encoding_reset(&work->state);
        size_t more =
            g_mime_encoding_step(&work->state, p + at, end - at, to + size);
        work->has_tail |= is_behind && more > 0;
        size += more;
        at = end;
    }
    return size;
}

/* What is left where the padding is missing: GMime keeps it back, mail programs show
 * it.  `to` has room for two bytes. */
static void finish(struct work *work, char *to)
{
    if (work->state.encoding != GMIME_CONTENT_ENCODING_BASE64)
        return;
    size_t size = 0;
    for (int i = 0; i < 2 && size == 0 && work->state.state != -1; i++)
        size = g_mime_encoding_step(&work->state, "=", 1, to);
    work->size += size;
}

/* A new buffer, yours. */
static uint8_t *decode(struct work *work)
{
    size_t cap = g_mime_encoding_outlen(&work->state, work->n);
    size_t chunk = work->n;
    if (cap > work->max) {
        chunk = CHUNK_BYTES;
        cap = (size_t)work->max + g_mime_encoding_outlen(&work->state, chunk);
    }
    uint8_t *to = g_malloc(cap + LEFT_BYTES);
    while (work->used < work->n && work->size < work->max) {
        size_t n = MIN(work->n - work->used, chunk);
        work->size += step(work, n, (char *)to + work->size);
        work->used += n;
    }
    if (work->used == work->n)
        finish(work, (char *)to + work->size);
    return to;
}

static bool is_base64_letter(uint8_t c)
{
    return g_ascii_isalnum(c) || c == '+' || c == '/';
}

/* Base64 that is not plain: with bytes that do not belong there, and going on behind
 * its padding with more base64 (not with words, such as a mailing list's footer). */
static void judge_base64(const struct work *work, struct decoded *out)
{
    size_t junk = 0;
    size_t junk_behind = 0;
    size_t letters_behind = 0;
    bool is_behind = false;
    for (size_t i = 0; i < work->used; i++) {
        uint8_t c = work->p[i];
        bool is_letter = is_base64_letter(c);
        bool is_junk = c > ' ' && c != '=' && !is_letter;
        is_behind |= c == '=';
        junk += is_junk;
        junk_behind += is_behind && is_junk;
        letters_behind += is_behind && is_letter;
    }
    out->has_junk = junk > 0;
    out->has_tail = work->has_tail && junk_behind * 10 <= letters_behind;
}

/* Does it look as it should?  Base64 is four letters for three bytes, line ends and
 * padding; cheaper to count than to look. */
static bool is_plain_base64(const struct work *work)
{
    size_t space = 0;
    for (size_t i = 0; i < work->used; i++)
        space += work->p[i] <= ' ' || work->p[i] == '=';
    size_t rest = work->size % 3;
    size_t letters = work->size / 3 * 4 + (rest > 0 ? rest + 1 : 0);
    return work->used - space == letters && !work->has_tail;
}

/* Behind the blanks at p[at..n) when a line ends there, else `at`. */
static size_t line_padding_end(const uint8_t *p, size_t at, size_t n)
{
    size_t end = at;
    while (end < n && (p[end] == ' ' || p[end] == '\t'))
        end++;
    bool is_line_end = end < n && (p[end] == '\n' || p[end] == '\r');
    return is_line_end ? end : at;
}

/* RFC 2045 6.7 (3): blanks between a soft line break and the end of its line were
 * added in transport; GMime would keep break and blanks.  A copy without them (yours),
 * or NULL where there are none. */
static uint8_t *without_padding(struct work *work)
{
    uint8_t *copy = NULL;
    size_t size = 0;
    size_t from = 0;
    const uint8_t *p = work->p;
    const uint8_t *eq = memchr(p, '=', work->n);
    while (eq != NULL) {
        size_t at = (size_t)(eq - p) + 1;
        size_t end = line_padding_end(p, at, work->n);
        if (end > at) {
            if (copy == NULL)
                copy = g_malloc(work->n);
            memcpy(copy + size, p + from, at - from);
            size += at - from;
            from = end;
        }
        eq = memchr(p + end, '=', work->n - end);
    }
    if (copy == NULL)
        return NULL;
    memcpy(copy + size, p + from, work->n - from);
    work->n = size + work->n - from;
    work->p = copy;
    return copy;
}

void decode_content(GBytes *raw, const char *encoding, uint64_t max,
                    struct decoded *out)
{
    *out = (struct decoded){0};
    GMimeContentEncoding how = encoding_of(encoding, &out->is_unknown);
    struct work work = {.max = max};
    work.p = g_bytes_get_data(raw, &work.n);
    size_t skip = 0;
    if (how == GMIME_CONTENT_ENCODING_UUENCODE && work.n > 0)
        skip = uu_start(work.p, work.n);
    if (skip == SIZE_MAX) { /* mail programs show it as it stands */
        out->is_unknown = true;
        how = GMIME_CONTENT_ENCODING_BINARY;
    }
    if (how == GMIME_CONTENT_ENCODING_BINARY || work.n == 0) {
        out->is_shared = true;
        out->bytes = g_bytes_ref(raw);
        return;
    }
    g_mime_encoding_init_decode(&work.state, how);
    if (how == GMIME_CONTENT_ENCODING_UUENCODE) {
        work.p += skip;
        work.n -= skip;
        work.state.state |= GMIME_UUDECODE_STATE_BEGIN;
    }
    uint8_t *copy = how == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE
                        ? without_padding(&work)
                        : NULL;
    uint8_t *bytes = decode(&work);
    if (how == GMIME_CONTENT_ENCODING_BASE64 && !is_plain_base64(&work))
        judge_base64(&work, out);
    out->is_cut = work.size > max || work.used < work.n;
    size_t size = (size_t)MIN((uint64_t)work.size, max);
    if (size < work.n / 2)
        bytes = g_realloc(bytes, MAX(size, 1));
    out->bytes = g_bytes_new_take(bytes, size);
    g_free(copy);
}
