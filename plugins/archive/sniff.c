/* SPDX-License-Identifier: MIT */
#include "sniff.h"

#include "bytes.h"
#include "zip_record.h"

#define MAGIC(at, bytes) at, sizeof(bytes) - 1, bytes

/* Marks that are long enough to be believed. */
static const struct mark {
    uint32_t at;
    uint32_t n;
    const char *bytes;
    enum sniff_format format;
    const char *label;
} marks[] = {
    {MAGIC(0, "PK\003\004"), SNIFF_ZIP, "zip"},
    {MAGIC(0, "PK\005\006"), SNIFF_ZIP, "zip"},
    {MAGIC(0, "PK\007\010PK\003\004"), SNIFF_ZIP, "zip"},
    {MAGIC(0, "PK00PK\003\004"), SNIFF_ZIP, "zip"},
    {MAGIC(257, "ustar"), SNIFF_TAR, "tar"},
    {MAGIC(0, "070701"), SNIFF_CPIO, "cpio"},
    {MAGIC(0, "070702"), SNIFF_CPIO, "cpio"},
    {MAGIC(0, "070707"), SNIFF_CPIO, "cpio"},
    {MAGIC(0, "070727"), SNIFF_CPIO, "cpio"},
    {MAGIC(0, "7z\xbc\xaf\x27\x1c"), SNIFF_7ZIP, "7z"},
    {MAGIC(0, "Rar!\x1a\x07\x00"), SNIFF_RAR, "rar"},
    {MAGIC(0, "Rar!\x1a\x07\x01\x00"), SNIFF_RAR5, "rar"},
    {MAGIC(0, "MSCF\0\0\0\0"), SNIFF_CAB, "cab"},
    {MAGIC(32769, "CD001"), SNIFF_ISO, "iso9660"},
    {MAGIC(0, "xar!"), SNIFF_XAR, "xar"},
    {MAGIC(0, "!<arch>\n"), SNIFF_AR, "ar"},
    {MAGIC(0, "WARC/1."), SNIFF_WARC, "warc"},
    {MAGIC(0, "WARC/0."), SNIFF_WARC, "warc"},
    {MAGIC(0, "\xfd\x37zXZ\x00"), SNIFF_XZ, "xz"},
    {MAGIC(0, "LZIP"), SNIFF_LZIP, "lzip"},
    {MAGIC(0, "\x04\x22\x4d\x18"), SNIFF_LZ4, "lz4"},
    {MAGIC(0, "\x02\x21\x4c\x18"), SNIFF_LZ4, "lz4"},
    {MAGIC(0, "\x28\xb5\x2f\xfd"), SNIFF_ZSTD, "zstd"},
    {MAGIC(0, "\xed\xab\xee\xdb"), SNIFF_RPM, "rpm"},
    {MAGIC(0, "\x89LZO\x00\x0d\x0a\x1a\x0a"), SNIFF_UNREADABLE, "lzop"},
    {MAGIC(0, "LRZI"), SNIFF_UNREADABLE, "lrzip"},
    {MAGIC(0, "GRZipII"), SNIFF_UNREADABLE, "grzip"},
    {MAGIC(7, "**ACE**"), SNIFF_UNREADABLE, "ace"},
    {MAGIC(20, "\xdc\xa7\xc4\xfd"), SNIFF_UNREADABLE, "zoo"},
    {MAGIC(0, "StuffIt (c)1997-"), SNIFF_UNREADABLE, "StuffIt"},
    {MAGIC(0, "ALZ\x01"), SNIFF_UNREADABLE, "alz"},
    {MAGIC(0, "EGGA"), SNIFF_UNREADABLE, "egg"},
    {MAGIC(0, "MSWIM\0\0\0"), SNIFF_UNREADABLE, "wim"},
    {MAGIC(32769, "BEA01"), SNIFF_UNREADABLE, "UDF"},
};

struct found {
    struct sniffed *out;
    size_t n;
};

static void add(struct found *found, enum sniff_format format, bool is_firm,
                size_t offset, const char *label)
{
    for (size_t i = 0; i < found->n && i < SNIFF_MAX; i++)
        if (found->out[i].format == format && found->out[i].offset == offset)
            return;
    if (found->n < SNIFF_MAX)
        found->out[found->n] = (struct sniffed){format, is_firm, offset, label};
    found->n++;
}

/* The sum over a tar header, its own field counted as blanks (POSIX ustar). */
static bool is_tar_header(const uint8_t *p, size_t n)
{
    uint32_t told = 0;
    uint32_t sum = 8 * ' ';
    int32_t sum_signed = 8 * ' ';
    size_t i = 148;

    if (n < 512 || p[0] == 0)
        return false;
    while (i < 156 && (p[i] == ' ' || p[i] == '0'))
        i++;
    for (; i < 156 && p[i] >= '0' && p[i] <= '7'; i++)
        told = told * 8 + (p[i] - '0');
    for (i = 0; told > 0 && i < 512; i++) {
        if (i >= 148 && i < 156)
            continue;
        sum += p[i];
        sum_signed += (int8_t)p[i];
    }
    return told > 0 && (told == sum || (int64_t)told == sum_signed);
}

/* .lzma has no mark: properties, a usual dictionary size, a size that is unknown
 * or below 1 TiB, and the range coder's first byte, which is always 0. */
static bool is_lzma_alone(const uint8_t *p, size_t n)
{
    if (n < 14 || p[0] >= 9 * 5 * 5 || p[13] != 0)
        return false;
    uint32_t dictionary = le32(p + 1);
    uint32_t low = dictionary & (0u - dictionary);
    uint64_t size = le64(p + 5);
    return dictionary >= 4096 && (dictionary == low || dictionary == low * 3) &&
           (size == UINT64_MAX || size < (uint64_t)1 << 40);
}

static bool is_bzip2(const uint8_t *p, size_t n)
{
    return n >= 10 && has_at(p, n, 0, "BZh", 3) && p[3] >= '1' && p[3] <= '9' &&
           (has_at(p, n, 4, "\x31\x41\x59\x26\x53\x59", 6) ||
            has_at(p, n, 4, "\x17\x72\x45\x38\x50\x90", 6));
}

static bool is_arj(const uint8_t *p, size_t n)
{
    return n > 12 && p[0] == 0x60 && p[1] == 0xea && le16(p + 2) <= 2600 &&
           p[4] >= 30 && p[4] <= le16(p + 2) && p[10] == 2;
}

static bool is_lha(const uint8_t *p, size_t n)
{
    return n > 21 && p[2] == '-' && p[3] == 'l' &&
           (p[4] == 'h' || p[4] == 'z') && p[6] == '-' && p[20] <= 3;
}

/* lz4 and zstd may both begin with frames that are to be skipped. */
static void skippable(const uint8_t *p, size_t n, struct found *found)
{
    size_t at = 0;

    while (at + 8 <= n && (p[at] & 0xf0) == 0x50 &&
           has_at(p, n, at + 1, "\x2a\x4d\x18", 3)) {
        uint32_t length = le32(p + at + 4);
        if (length > n - at - 8)
            break;
        at += 8 + (size_t)length;
    }
    if (at == 0)
        return;
    if (has_at(p, n, at, "\x28\xb5\x2f\xfd", 4))
        add(found, SNIFF_ZSTD, true, 0, "zstd");
    else
        add(found, SNIFF_LZ4, true, 0, "lz4");
}

/* What has its mark at the head or at a fixed place. */
static void head(const uint8_t *p, size_t n, bool is_text, struct found *found)
{
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (has_at(p, n, marks[i].at, marks[i].bytes, marks[i].n))
            add(found, marks[i].format, true, 0, marks[i].label);
    if (is_text)
        return;
    if (n > 10 && p[0] == 0x1f && p[1] == 0x8b && p[2] == 8 &&
        (p[3] & 0xe0) == 0)
        add(found, SNIFF_GZIP, true, 0, "gzip");
    if (is_bzip2(p, n))
        add(found, SNIFF_BZIP2, true, 0, "bzip2");
    if (n > 3 && p[0] == 0x1f && p[1] == 0x9d && (p[2] & 0x60) == 0 &&
        (p[2] & 0x1f) >= 9 && (p[2] & 0x1f) <= 16)
        add(found, SNIFF_COMPRESS, false, 0, "compress");
    if (is_lzma_alone(p, n))
        add(found, SNIFF_LZMA, false, 0, "lzma");
    if (is_tar_header(p, n))
        add(found, SNIFF_TAR, true, 0, "tar");
    if (n > 26 && (le16(p) == 0x71c7 || le16(p) == 0xc771))
        add(found, SNIFF_CPIO, false, 0, "cpio");
    if (is_lha(p, n))
        add(found, SNIFF_LHA, true, 0, "lha");
    if (is_arj(p, n))
        add(found, SNIFF_UNREADABLE, true, 0, "arj");
    skippable(p, n, found);
}

/* Is the header at `at` one that a self-extractor would believe? */
static bool is_inner(const uint8_t *p, size_t n, size_t at,
                     enum sniff_format format)
{
    size_t left = n - at;

    if (left < 64)
        return false;
    switch ((int)format) {
    case SNIFF_7ZIP: /* version 0, next header inside */
        return p[at + 6] == 0 && le64(p + at + 12) < left &&
               le64(p + at + 20) <= left;
    case SNIFF_CAB: /* version 1.x, size inside, at least one folder */
        return p[at + 25] == 1 && le32(p + at + 8) <= left &&
               le32(p + at + 8) > 36 && le16(p + at + 26) > 0;
    case SNIFF_RAR: /* the main header */
        return p[at + 9] == 0x73;
    default:
        return true;
    }
}

/* Archives behind something else: self-extractors, pictures with an appendix. */
static void inside(const uint8_t *p, size_t n, struct found *found)
{
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        const struct mark *m = &marks[i];
        if (m->format != SNIFF_7ZIP && m->format != SNIFF_RAR &&
            m->format != SNIFF_RAR5 && m->format != SNIFF_CAB)
            continue;
        for (size_t at = find_in(p, 1, n, m->bytes, m->n); at < n;
             at = find_in(p, at + 1, n, m->bytes, m->n))
            if (found->n > SNIFF_MAX)
                return;
            else if (is_inner(p, n, at, m->format))
                add(found, m->format, false, at, m->label);
    }
}

size_t sniff(const uint8_t *p, size_t n, bool is_text,
             struct sniffed out[SNIFF_MAX])
{
    struct found found = {out, 0};

    head(p, n, is_text, &found);
    /* Members of an archive are found by opening it; behind a stream there is
     * nothing to be opened. */
    bool is_archive =
        found.n > 0 && out[0].is_firm && !sniff_is_stream(out[0].format);
    if (zip_has_end(p, n))
        add(&found, SNIFF_ZIP, false, 0, "zip");
    if (!is_archive && !is_text)
        inside(p, n, &found);
    return found.n;
}

bool sniff_is_stream(enum sniff_format format)
{
    return format >= SNIFF_GZIP && format <= SNIFF_RPM;
}
