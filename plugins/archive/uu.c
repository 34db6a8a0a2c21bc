/* SPDX-License-Identifier: MIT */
#include "uu.h"

#include "bytes.h"

enum {
    NAME_MAX_BYTES = 512,
    LINE_MAX_BYTES = 4096, /* of a body line, ours is generous */
    OUT_SIZE = 12 * 1024
};

/* One line [from, to) and where the next begins; CR, LF and CRLF all end one. */
struct line {
    size_t from;
    size_t to;
    size_t next;
};

static struct line line_at(const uint8_t *p, size_t n, size_t at)
{
    struct line line = {at, at, at};

    while (line.to < n && p[line.to] != '\n' && p[line.to] != '\r' &&
           line.to - at < LINE_MAX_BYTES)
        line.to++;
    line.next = line.to;
    if (line.next < n && p[line.next] == '\r')
        line.next++;
    if (line.next < n && p[line.next] == '\n')
        line.next++;
    return line;
}

/* "begin 644 name" after its first word: blanks, 3 or 4 octal digits, blanks, a
 * name. */
static bool read_begin(const uint8_t *p, struct line line, size_t at,
                       struct uu_block *out)
{
    size_t digits = 0;

    if (at >= line.to || p[at] != ' ')
        return false;
    while (at < line.to && p[at] == ' ')
        at++;
    for (; at < line.to && p[at] >= '0' && p[at] <= '7'; at++)
        digits++;
    if (digits < 3 || digits > 4 || at >= line.to || p[at] != ' ')
        return false;
    while (at < line.to && p[at] == ' ')
        at++;
    while (line.to > at && p[line.to - 1] == ' ')
        line.to--;
    if (line.to == at || line.to - at > NAME_MAX_BYTES)
        return false;
    out->name = p + at;
    out->name_n = line.to - at;
    return true;
}

static int uu_value(uint8_t c)
{
    return c >= 0x20 && c <= 0x60 ? (c - 0x20) & 63 : -1;
}

static int base64_value(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/*
 * Is it a uuencoded line?  Blanks at its end may have been lost on the way and
 * some encoders add a check character, so its length is only bounded.
 */
static bool is_uu_line(const uint8_t *p, struct line line)
{
    size_t n = line.to - line.from;
    int bytes = n > 0 ? uu_value(p[line.from]) : 0;

    if (bytes < 0)
        return false;
    size_t packed = ((size_t)bytes + 2) / 3 * 4;
    if (n > packed + 3)
        return false;
    for (size_t i = line.from; i < line.to; i++)
        if (uu_value(p[i]) < 0)
            return false;
    return true;
}

static bool is_base64_line(const uint8_t *p, struct line line)
{
    for (size_t i = line.from; i < line.to; i++)
        if (base64_value(p[i]) < 0 && p[i] != '=' && p[i] != ' ')
            return false;
    return true;
}

static bool is_word(const uint8_t *p, struct line line, const char *word)
{
    size_t n = line.to - line.from;
    while (n > 0 && p[line.from + n - 1] == ' ')
        n--;
    return n == strlen(word) && memcmp(p + line.from, word, n) == 0;
}

/* The first body line decides whether this is a block at all. */
static bool has_body(const uint8_t *p, size_t n, const struct uu_block *block)
{
    struct line line = line_at(p, n, block->body);

    if (block->body >= n)
        return false;
    if (block->is_base64)
        return line.to > line.from && is_base64_line(p, line);
    if (is_word(p, line, "end"))
        return true; /* an empty file */
    int bytes = line.to > line.from ? uu_value(p[line.from]) : 0;
    if (bytes == 0)
        return is_word(p, line_at(p, n, line.next), "end");
    return is_uu_line(p, line) && (line.to - line.from) * 2 > (size_t)bytes;
}

bool uu_find(const uint8_t *p, size_t n, size_t from, struct uu_block *out)
{
    for (size_t at = find_in(p, from, n, "begin", 5); at < n;
         at = find_in(p, at + 5, n, "begin", 5)) {
        struct line line;
        if (at > 0 && p[at - 1] != '\n' && p[at - 1] != '\r')
            continue;
        bool is_base64 = has_at(p, n, at, "begin-base64", 12);
        line = line_at(p, n, at);
        if (!read_begin(p, line, at + (is_base64 ? 12 : 5), out))
            continue;
        out->begin = at;
        out->body = line.next;
        out->is_base64 = is_base64;
        if (has_body(p, n, out))
            return true;
    }
    return false;
}

/* Decoded bytes on their way out. */
struct sink {
    uu_take_fn take;
    void *self;
    size_t n;
    uint32_t bits; /* base64: not yet a byte */
    unsigned bit_n;
    uint8_t out[OUT_SIZE];
};

static bool flush(struct sink *sink)
{
    size_t n = sink->n;
    sink->n = 0;
    return n == 0 || sink->take(sink->self, sink->out, n);
}

static void decode_uu(struct sink *sink, const uint8_t *p, struct line line)
{
    size_t bytes = (size_t)uu_value(p[line.from]);
    size_t at = line.from + 1;

    while (bytes > 0) {
        uint32_t group = 0;
        for (int i = 0; i < 4; i++, at++) /* a lost blank is a zero */
            group = group << 6 | (at < line.to ? (uint32_t)uu_value(p[at]) : 0);
        for (int i = 16; i >= 0 && bytes > 0; i -= 8, bytes--)
            sink->out[sink->n++] = (uint8_t)(group >> i);
    }
}

static void decode_base64(struct sink *sink, const uint8_t *p, struct line line)
{
    for (size_t i = line.from; i < line.to; i++) {
        int value = base64_value(p[i]);
        if (value < 0) {
            sink->bit_n = 0;
            continue;
        }
        sink->bits = sink->bits << 6 | (uint32_t)value;
        sink->bit_n += 6;
        if (sink->bit_n >= 8) {
            sink->bit_n -= 8;
            sink->out[sink->n++] = (uint8_t)(sink->bits >> sink->bit_n);
        }
    }
}

/* A uuencoded line of length 0: "end" should follow. */
static enum uu_end end_uu(const uint8_t *p, size_t n, struct line line,
                          size_t *next)
{
    *next = line.next;
    struct line last = line_at(p, n, line.next);
    if (!is_word(p, last, "end"))
        return line.next >= n ? UU_TRUNCATED : UU_DAMAGED;
    *next = last.next;
    return UU_DONE;
}

/* One line to the sink; 0 while the block goes on. */
static int take_line(struct sink *sink, const uint8_t *p, struct line line,
                     bool is_base64)
{
    if (!(is_base64 ? is_base64_line(p, line) : is_uu_line(p, line)))
        return UU_DAMAGED;
    if (sink->n + LINE_MAX_BYTES > OUT_SIZE && !flush(sink))
        return UU_STOPPED;
    if (is_base64)
        decode_base64(sink, p, line);
    else
        decode_uu(sink, p, line);
    return 0;
}

enum uu_end uu_decode(const uint8_t *p, size_t n, struct uu_block *block,
                      uu_take_fn take, void *self)
{
    struct sink sink = {.take = take, .self = self};
    const char *mark = block->is_base64 ? "====" : "end";
    size_t at = block->body;
    int end = 0;

    while (end == 0 && at < n) {
        struct line line = line_at(p, n, at);
        bool is_empty = line.to == line.from || uu_value(p[line.from]) == 0;
        if (is_word(p, line, mark)) {
            end = UU_DONE;
            at = line.next;
        } else if (!block->is_base64 && is_empty) {
            end = (int)end_uu(p, n, line, &at);
        } else {
            end = take_line(&sink, p, line, block->is_base64);
            at = end == 0 ? line.next : at;
        }
    }
    block->after = at;
    if (!flush(&sink))
        return UU_STOPPED;
    return end == 0 ? UU_TRUNCATED : (enum uu_end)end;
}
