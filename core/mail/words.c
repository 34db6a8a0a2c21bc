/* SPDX-License-Identifier: MIT */
#include "mail/words.h"

#include "mail/text.h"

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    CHARSET_BYTES = 64 /* with a language (RFC 2231 5) */
};

/* One =?charset?encoding?text?=. */
struct word {
    char charset[CHARSET_BYTES + 1];
    bool is_base64;
    const char *text;
    size_t text_n;
    const char *end; /* behind it */
};

/* Words of one charset that stand together: characters may be split among them. */
struct run {
    GString *out;
    GString *bytes; /* decoded, not converted */
    char charset[CHARSET_BYTES + 1];
    uint32_t bits; /* base64 letters that are no byte yet */
    unsigned letters;
};

static bool read_word(const char *p, const char *end, bool *is_over,
                      struct word *out)
{
    if (end - p < 8 || p[0] != '=' || p[1] != '?')
        return false;
    const char *charset = p + 2;
    size_t most = MIN((size_t)(end - charset), (size_t)CHARSET_BYTES + 1);
    const char *mark = memchr(charset, '?', most);
    if (mark == NULL || mark == charset || end - mark < 4 || mark[2] != '?')
        return false;
    char encoding = g_ascii_tolower(mark[1]);
    if (encoding != 'b' && encoding != 'q')
        return false;
    const char *close =
        *is_over ? NULL : memmem(mark + 3, (size_t)(end - mark - 3), "?=", 2);
    *is_over |= close == NULL; /* nor is there one further on */
    if (close == NULL)
        return false;
    size_t charset_n = (size_t)(mark - charset);
    const char *language = memchr(charset, '*', charset_n);
    if (language != NULL)
        charset_n = (size_t)(language - charset);
    memcpy(out->charset, charset, charset_n);
    out->charset[charset_n] = '\0';
    out->is_base64 = encoding == 'b';
    out->text = mark + 3;
    out->text_n = (size_t)(close - out->text);
    out->end = close + 2;
    return true;
}

static int base64_value(char c)
{
    if (g_ascii_isupper(c))
        return c - 'A';
    if (g_ascii_islower(c))
        return c - 'a' + 26;
    if (g_ascii_isdigit(c))
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* Letters that were split between two words go on; padding ends them. */
static void add_base64(struct run *run, const struct word *word)
{
    for (size_t i = 0; i < word->text_n; i++) {
        int value = base64_value(word->text[i]);
        if (word->text[i] == '=')
            run->letters = 0;
        if (value < 0)
            continue;
        run->bits = run->bits << 6 | (uint32_t)value;
        if (run->letters++ % 4 == 0)
            continue;
        unsigned shift = 2 * (4 - (run->letters - 1) % 4) - 2;
        g_string_append_c(run->bytes, (char)(uint8_t)(run->bits >> shift));
    }
}

static void add_quoted(struct run *run, const struct word *word)
{
    run->letters = 0;
    for (size_t i = 0; i < word->text_n; i++) {
        char c = word->text[i];
        int high = c == '=' && i + 2 < word->text_n
                       ? g_ascii_xdigit_value(word->text[i + 1])
                       : -1;
        int low = high < 0 ? -1 : g_ascii_xdigit_value(word->text[i + 2]);
        if (low >= 0) {
            g_string_append_c(run->bytes, (char)(uint8_t)(high * 16 + low));
            i += 2;
        } else if (c != '\r' && c != '\n') {
            g_string_append_c(run->bytes, c == '_' ? ' ' : c);
        }
    }
}

static void flush(struct run *run)
{
    run->letters = 0;
    if (run->bytes->len == 0)
        return;
    size_t n = 0;
    g_autofree char *text =
        text_convert(run->bytes->str, run->bytes->len, run->charset, 0, &n);
    for (size_t i = 0; i < n; i++)
        g_string_append_c(run->out, text[i] == '\0' ? ' ' : text[i]);
    g_string_truncate(run->bytes, 0);
}

static void add_word(struct run *run, const struct word *word)
{
    if (g_ascii_strcasecmp(run->charset, word->charset) != 0) {
        flush(run);
        memcpy(run->charset, word->charset, sizeof run->charset);
    }
    if (word->is_base64)
        add_base64(run, word);
    else
        add_quoted(run, word);
}

/* What stands between words, without line ends. */
static void add_plain(GString *out, const char *p, const char *end)
{
    GString *line = g_string_sized_new((size_t)(end - p));
    for (; p < end; p++)
        if (*p != '\r' && *p != '\n')
            g_string_append_c(line, *p);
    size_t n = 0;
    g_autofree char *text = text_convert(line->str, line->len, NULL, 0, &n);
    g_string_append_len(out, text, (gssize)n);
    g_string_free(line, TRUE);
}

static bool is_blank(const char *p, const char *end)
{
    while (p < end && g_ascii_isspace(*p))
        p++;
    return p == end;
}

char *words_decode(const char *p, size_t n, size_t *out_n)
{
    struct run run = {.out = g_string_sized_new(n),
                      .bytes = g_string_new(NULL)};
    const char *end = p + n;
    const char *plain = p; /* not yet added */
    bool is_over = false;
    bool is_behind_word = false;
    while (p < end) {
        struct word word;
        const char *mark = memchr(p, '=', (size_t)(end - p));
        if (mark == NULL)
            break;
        if (!read_word(mark, end, &is_over, &word)) {
            p = mark + 1;
            continue;
        }
        /* Blanks between two words belong to neither. */
        if (!is_behind_word || !is_blank(plain, mark)) {
            flush(&run);
            add_plain(run.out, plain, mark);
        }
        add_word(&run, &word);
        is_behind_word = true;
        plain = p = word.end;
    }
    flush(&run);
    add_plain(run.out, plain, end);
    g_string_free(run.bytes, TRUE);
    *out_n = run.out->len;
    return g_string_free(run.out, FALSE);
}
