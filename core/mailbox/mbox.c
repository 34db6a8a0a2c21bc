/* SPDX-License-Identifier: MIT */
#include "mailbox/mbox.h"

#include "mailbox/file.h"

#include <string.h>

enum {
    LINE_MAX_BYTES = 1024, /* a longer line is no From_ line */
    LOOK_BEHIND = 3,       /* of "\n\r\nFrom " before its last "\n" */
    TOKENS_MAX = 32,
    WINDOW_BYTES = 256 * 1024
};

/*
 * One pass over an mbox, window by window.
 */
struct mbox {
    GArray *ranges; /* struct mbox_range; the last one is open until the end */
    uint64_t at;    /* offset in the file of the next window's first byte */
    uint64_t tail;  /* length of the empty line at the very end, or 0 */
};

static const char from[] = "From ";
static const size_t from_n = sizeof from - 1;

/* A word of a From_ line; lent. */
struct token {
    const char *p;
    size_t n;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static size_t split(const char *p, size_t n, struct token *tokens)
{
    size_t count = 0;
    const char *end = p + n;
    while (count < TOKENS_MAX) {
        while (p < end && is_blank(*p))
            p++;
        if (p == end)
            break;
        const char *start = p;
        while (p < end && !is_blank(*p))
            p++;
        tokens[count++] = (struct token){start, (size_t)(p - start)};
    }
    return count;
}

/* Is it one of the three-letter words in `all`? */
static bool is_word(struct token t, const char *all)
{
    for (; t.n == 3 && *all != '\0'; all += 3)
        if (memcmp(t.p, all, 3) == 0)
            return true;
    return false;
}

static bool is_digits(struct token t, size_t min, size_t max)
{
    for (size_t i = 0; i < t.n; i++)
        if (!g_ascii_isdigit(t.p[i]))
            return false;
    return t.n >= min && t.n <= max;
}

/* "9:05", "13:43", "13:43:46". */
static bool is_time(struct token t)
{
    size_t colons = 0;
    for (size_t i = 0; i < t.n; i++)
        if (t.p[i] == ':')
            colons++;
        else if (!g_ascii_isdigit(t.p[i]))
            return false;
    return t.n >= 4 && t.n <= 8 && colons >= 1 && colons <= 2;
}

/* "Mon Sep 30 13:43:46 2002", with time zones before the year or none. */
static bool is_date(const struct token *t, size_t n)
{
    if (n < 5 || !is_word(t[0], "MonTueWedThuFriSatSun") ||
        !is_word(t[1], "JanFebMarAprMayJunJulAugSepOctNovDec") ||
        !is_digits(t[2], 1, 2) || !is_time(t[3]))
        return false;
    for (size_t i = 4; i < n && i < 7; i++)
        if (is_digits(t[i], 4, 4))
            return true;
    return false;
}

bool mbox_is_from(const char *p, size_t n)
{
    if (n > LINE_MAX_BYTES || n < from_n || memcmp(p, from, from_n) != 0)
        return false;
    if (p[n - 1] == '\r')
        n--;
    struct token tokens[TOKENS_MAX];
    size_t count = split(p + from_n, n - from_n, tokens);
    for (size_t i = 0; i < count; i++)
        if (is_date(tokens + i, count - i))
            return true;
    return false;
}

bool mbox_begins(const char *p, size_t n)
{
    if (n <= from_n || memcmp(p, from, from_n) != 0)
        return false;
    size_t i = from_n;
    while (i < n && is_blank(p[i]))
        i++;
    return i < n && p[i] != ':';
}

/* Ends the open message at offset `end`. */
static void close_message(struct mbox *mbox, uint64_t end)
{
    if (mbox->ranges->len == 0)
        return;
    struct mbox_range *last =
        &g_array_index(mbox->ranges, struct mbox_range, mbox->ranges->len - 1);
    last->length = end > last->offset ? end - last->offset : 0;
}

static void open_message(struct mbox *mbox, uint64_t offset)
{
    struct mbox_range range = {.offset = offset};
    g_array_append_val(mbox->ranges, range);
}

/* How long the empty line that ends with p[i] is: 0, it is not empty. */
static size_t empty_line(const char *p, size_t i)
{
    if (i >= 1 && p[i - 1] == '\n')
        return 1;
    return i >= 2 && p[i - 1] == '\r' && p[i - 2] == '\n' ? 2 : 0;
}

/* Where the line at p[i] ends: its "\n", or n.  False: it may go on after the
 * window. */
static bool line_end(const char *p, size_t i, size_t n, bool is_last,
                     size_t *end)
{
    const char *found = memchr(p + i, '\n', n - i);
    *end = found != NULL ? (size_t)(found - p) : n;
    return found != NULL || is_last || n - i > LINE_MAX_BYTES;
}

/* Opens the first message; returns where to go on: at the end of its From_ line. */
static size_t open_first(struct mbox *mbox, const char *p, size_t n)
{
    size_t end = 0;
    line_end(p, 0, n, true, &end);
    bool is_from = end < n && end <= LINE_MAX_BYTES;
    open_message(mbox, is_from ? end + 1 : 0);
    return is_from ? end : 0;
}

/* A line "From " begins after p[i] and ends at p[end]. */
static void add_line(struct mbox *mbox, const char *p, size_t i, size_t end)
{
    size_t empty = empty_line(p, i);
    if (empty == 0 || !mbox_is_from(p + i + 1, end - i - 1))
        return;
    close_message(mbox, mbox->at + i + 1 - empty);
    open_message(mbox, mbox->at + end + 1);
}

/* Looks through the window p[0..n) and returns how much of it is done: the rest
 * comes again at the start of the next one.  The first window is longer than
 * LINE_MAX_BYTES or the last. */
static size_t feed(struct mbox *mbox, const char *p, size_t n, bool is_last)
{
    size_t i = mbox->ranges->len > 0 ? 0 : open_first(mbox, p, n);
    const char *hit = NULL;
    while ((hit = memmem(p + i, n - i, "\nFrom ", from_n + 1)) != NULL) {
        size_t end = 0;
        i = (size_t)(hit - p);
        if (!line_end(p, i + 1, n, is_last, &end))
            break;
        add_line(mbox, p, i, end);
        i++;
    }
    size_t done = hit != NULL ? i - MIN(i, LOOK_BEHIND)
                              : n - MIN(n, LOOK_BEHIND + from_n + 1);
    if (is_last) {
        done = n;
        mbox->tail = n > 0 && p[n - 1] == '\n' ? empty_line(p, n - 1) : 0;
    }
    mbox->at += done;
    return done;
}

/* A message ends where the file does, without its last empty line. */
static GArray *finish(struct mbox *mbox)
{
    close_message(mbox, mbox->at - mbox->tail);
    return mbox->ranges;
}

static struct mbox start(void)
{
    return (struct mbox){
        .ranges = g_array_new(FALSE, FALSE, sizeof(struct mbox_range)),
    };
}

GArray *mbox_split(const char *p, size_t n)
{
    struct mbox mbox = start();
    feed(&mbox, p, n, true);
    return finish(&mbox);
}

GArray *mbox_split_file(int fd)
{
    struct mbox mbox = start();
    g_autofree char *window = g_malloc(WINDOW_BYTES);
    size_t kept = 0;
    bool is_last = false;
    while (!is_last) {
        ssize_t got =
            file_read(fd, window + kept, WINDOW_BYTES - kept, mbox.at + kept);
        if (got < 0) {
            g_array_unref(mbox.ranges);
            return NULL;
        }
        size_t n = kept + (size_t)got;
        is_last = n < WINDOW_BYTES;
        size_t done = feed(&mbox, window, n, is_last);
        kept = n - done;
        memmove(window, window + done, kept);
    }
    return finish(&mbox);
}
