/* SPDX-License-Identifier: MIT */
#include "name.h"

#include <stdint.h>
#include <string.h>

static bool is_separator(char c)
{
    return c == '/' || c == '\\';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_absolute(const char *name, size_t n)
{
    return (n > 0 && is_separator(name[0])) ||
           (n > 1 && is_letter(name[0]) && name[1] == ':');
}

/* ".." also with the blanks that Windows drops from the end of a name. */
static bool is_dotdot(const char *p, size_t n)
{
    while (n > 2 && p[n - 1] == ' ')
        n--;
    return n == 2 && p[0] == '.' && p[1] == '.';
}

/* Cuts the next component off p[*at..n); false at the end. */
static bool next_component(const char *p, size_t n, size_t *at,
                           struct assay_str *out)
{
    while (*at < n && is_separator(p[*at]))
        (*at)++;
    if (*at >= n)
        return false;
    size_t from = *at;
    while (*at < n && !is_separator(p[*at]))
        (*at)++;
    *out = (struct assay_str){p + from, *at - from};
    return true;
}

bool name_is_unsafe(const char *name, size_t n)
{
    struct assay_str part;
    size_t at = 0;

    if (is_absolute(name, n))
        return true;
    while (next_component(name, n, &at, &part))
        if (is_dotdot(part.p, part.n))
            return true;
    return false;
}

/* Folders entered less folders left, or -1 as soon as that is below zero. */
static int64_t walk(const char *p, size_t n, int64_t depth)
{
    struct assay_str part;
    size_t at = 0;

    while (depth >= 0 && next_component(p, n, &at, &part)) {
        if (is_dotdot(part.p, part.n))
            depth--;
        else if (part.n != 1 || part.p[0] != '.')
            depth++;
    }
    return depth;
}

bool name_link_leaves(const char *name, size_t n, const char *target,
                      size_t target_n)
{
    if (is_absolute(target, target_n))
        return true;
    int64_t depth = walk(name, n, 0);
    return walk(target, target_n, depth > 0 ? depth - 1 : 0) < 0;
}

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* Is p[0..n), case ignored, the lower-case `word`? */
static bool is_word(const char *p, size_t n, const char *word)
{
    if (strlen(word) != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (lower(p[i]) != word[i])
            return false;
    return true;
}

static struct assay_str ending(const char *name, size_t n)
{
    size_t at = n;
    while (at > 0 && name[at - 1] != '.' && !is_separator(name[at - 1]))
        at--;
    if (at == 0 || name[at - 1] != '.')
        return (struct assay_str){name + n, 0};
    return (struct assay_str){name + at, n - at};
}

bool name_says_archive(const char *name, size_t n)
{
    static const char *const endings[] = {
        "zip",  "zipx", "jar", "war",  "ear", "apk",  "7z",  "rar", "tar",
        "tgz",  "tbz",  "txz", "tbz2", "tlz", "tzst", "gz",  "bz2", "xz",
        "lzma", "zst",  "lz4", "lz",   "lzo", "cab",  "lzh", "lha", "iso",
        "xar",  "rpm",  "deb", "cpio", "arj", "ace",  "zoo", "uue"};
    struct assay_str end = ending(name, n);

    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (is_word(end.p, end.n, endings[i]))
            return true;
    return false;
}

bool name_type_says_archive(const char *type, size_t n)
{
    static const char *const types[] = {
        "application/zip",
        "application/x-zip",
        "application/x-zip-compressed",
        "application/java-archive",
        "application/gzip",
        "application/x-gzip",
        "application/x-compressed-tar",
        "application/x-bzip",
        "application/x-bzip2",
        "application/x-xz",
        "application/x-lzma",
        "application/zstd",
        "application/x-tar",
        "application/x-gtar",
        "application/x-7z-compressed",
        "application/x-rar",
        "application/x-rar-compressed",
        "application/vnd.rar",
        "application/vnd.ms-cab-compressed",
        "application/x-lzh",
        "application/x-lha",
        "application/x-lzh-compressed",
        "application/x-cpio",
        "application/x-iso9660-image",
        "application/x-xar",
        "application/x-arj",
        "application/x-ace-compressed",
        "application/x-rpm",
        "application/vnd.debian.binary-package",
    };

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (is_word(type, n, types[i]))
            return true;
    return false;
}

static size_t append(char *out, size_t at, size_t cap, struct assay_str more)
{
    size_t n = more.n < cap - at ? (size_t)more.n : cap - at;
    if (n > 0)
        memcpy(out + at, more.p, n);
    return at + n;
}

size_t name_of_stream(const char *name, size_t n, char *out, size_t cap)
{
    static const struct {
        const char *from;
        const char *to;
    } endings[] = {{"tgz", "tar"},  {"taz", "tar"},  {"tbz", "tar"},
                   {"tbz2", "tar"}, {"txz", "tar"},  {"tlz", "tar"},
                   {"tzst", "tar"}, {"svgz", "svg"}, {"gz", ""},
                   {"z", ""},       {"bz2", ""},     {"bz", ""},
                   {"xz", ""},      {"lzma", ""},    {"lz", ""},
                   {"lz4", ""},     {"zst", ""},     {"rpm", "cpio"}};
    struct assay_str end = ending(name, n);
    const char *to = NULL;

    for (size_t i = 0; to == NULL && i < sizeof endings / sizeof endings[0];
         i++)
        if (is_word(end.p, end.n, endings[i].from))
            to = endings[i].to;
    if (to == NULL)
        return append(out, 0, cap, (struct assay_str){name, n});
    size_t keep = n - end.n - (to[0] == '\0' ? 1 : 0); /* the dot goes too */
    keep = append(out, 0, cap, (struct assay_str){name, keep});
    return append(out, keep, cap, (struct assay_str){to, strlen(to)});
}

struct assay_str name_in_gzip(const uint8_t *p, size_t n)
{
    enum {
        HAS_EXTRA = 4,
        HAS_NAME = 8,
        HEADER_BYTES = 10
    };

    size_t at = HEADER_BYTES;

    if (n < HEADER_BYTES + 2 || (p[3] & HAS_NAME) == 0)
        return (struct assay_str){"", 0};
    if ((p[3] & HAS_EXTRA) != 0)
        at += 2 + (size_t)(p[at] | p[at + 1] << 8);
    const uint8_t *end = at < n ? memchr(p + at, 0, n - at) : NULL;
    if (end == NULL)
        return (struct assay_str){"", 0};
    return (struct assay_str){(const char *)p + at, (size_t)(end - p) - at};
}

/* Length of the UTF-8 sequence at p[0..n), 0 where it is none (RFC 3629). */
static size_t sequence(const unsigned char *p, size_t n)
{
    unsigned char c = p[0];
    size_t length = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

    if (length == 1)
        return 1;
    if (c < 0xc2 || c > 0xf4 || length > n)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    bool is_overlong = (c == 0xe0 && p[1] < 0xa0) || (c == 0xf0 && p[1] < 0x90);
    bool is_beyond = (c == 0xed && p[1] > 0x9f) || (c == 0xf4 && p[1] > 0x8f);
    return is_overlong || is_beyond ? 0 : length;
}

bool name_is_utf8(const char *p, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t length = sequence((const unsigned char *)p + i, n - i);
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}
