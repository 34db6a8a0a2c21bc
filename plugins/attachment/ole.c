/* SPDX-License-Identifier: MIT */
#include "ole.h"

#include <string.h>

enum {
    HEADER = 512,
    ENTRY = 128, /* a directory entry */
    TYPE_STORAGE = 1,
    TYPE_STREAM = 2,
    DIFAT_IN_HEADER = 109,
    MAX_STEPS = 1000000, /* records and sectors, all workbooks together */
    RECORD_EOF = 0x0A,
    RECORD_FILEPASS = 0x2F,
    RECORD_BOUNDSHEET = 0x85,
    SHEET_MACRO = 1
};

static uint32_t le16(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t le32(const uint8_t *p)
{
    return le16(p) | le16(p + 2) << 16;
}

bool ole_is(const uint8_t *p, size_t n)
{
    static const uint8_t magic[] = {0xD0, 0xCF, 0x11, 0xE0,
                                    0xA1, 0xB1, 0x1A, 0xE1};

    return n >= HEADER && memcmp(p, magic, sizeof(magic)) == 0;
}

/* A stream, read from its start. */
struct stream {
    const uint8_t *p;
    size_t n;
    unsigned shift; /* of the sector size */
    uint32_t sector;
    size_t at;       /* in the sector */
    uint32_t *steps; /* left for the whole document: ends loops */
};

static size_t sector_offset(const struct stream *s, uint32_t sector)
{
    return ((size_t)sector + 1) << s->shift;
}

/* Where the FAT says the stream goes on; false at its end. */
static bool next_sector(struct stream *s)
{
    uint32_t per_fat = 1u << (s->shift - 2);
    uint32_t fat = s->sector / per_fat;

    if (fat >= DIFAT_IN_HEADER)
        return false;
    size_t at = sector_offset(s, le32(s->p + 0x4C + (size_t)fat * 4)) +
                (size_t)(s->sector % per_fat) * 4;
    if (at > s->n || s->n - at < 4)
        return false;
    s->sector = le32(s->p + at);
    s->at = 0;
    return sector_offset(s, s->sector) < s->n;
}

/* Reads (out not NULL) or skips; false where the stream ends before. */
static bool take(struct stream *s, uint8_t *out, size_t n)
{
    size_t size = (size_t)1 << s->shift;

    while (n > 0) {
        if (*s->steps == 0)
            return false;
        --*s->steps;
        if (s->at == size && !next_sector(s))
            return false;
        size_t from = sector_offset(s, s->sector) + s->at;
        size_t part = size - s->at < n ? size - s->at : n;
        if (from > s->n || s->n - from < part)
            return false;
        if (out != NULL) {
            memcpy(out, s->p + from, part);
            out += part;
        }
        s->at += part;
        n -= part;
    }
    return true;
}

/* A workbook's first records tell its sheets. */
static uint32_t look_at_workbook(struct stream s)
{
    uint32_t found = 0;
    uint8_t head[4];
    uint8_t body[6];

    while (take(&s, head, 4)) {
        uint32_t type = le16(head);
        size_t length = le16(head + 2);
        if (type == RECORD_EOF)
            break;
        if (type == RECORD_FILEPASS)
            return found | OLE_ENCRYPTED;
        if (type == RECORD_BOUNDSHEET && length >= sizeof(body)) {
            if (!take(&s, body, sizeof(body)))
                break;
            length -= sizeof(body);
            found |= body[5] == SHEET_MACRO ? OLE_XLM : 0;
        }
        if (!take(&s, NULL, length))
            break;
    }
    return found;
}

/* Is the entry's name `word` (ASCII, any case)? */
static bool is_named(const uint8_t *entry, const char *word)
{
    size_t n = strlen(word);

    if (le16(entry + 64) != (n + 1) * 2)
        return false;
    for (size_t i = 0; i < n; i++) {
        uint32_t c = le16(entry + i * 2);
        uint32_t lower = c >= 'A' && c <= 'Z' ? c + 0x20 : c;
        if (lower != (uint32_t)word[i])
            return false;
    }
    return true;
}

static uint32_t look_at_entry(const uint8_t *entry, const struct stream *file)
{
    struct stream s = *file;

    if (entry[66] == TYPE_STORAGE)
        return is_named(entry, "vba") || is_named(entry, "_vba_project_cur")
                   ? OLE_VBA
                   : 0;
    if (entry[66] != TYPE_STREAM)
        return 0;
    if (is_named(entry, "encryptedpackage"))
        return OLE_ENCRYPTED;
    if (!is_named(entry, "workbook") && !is_named(entry, "book"))
        return 0;
    s.sector = le32(entry + 116);
    return look_at_workbook(s);
}

uint32_t ole_look(const uint8_t *p, size_t n)
{
    uint32_t found = 0;
    uint32_t steps = MAX_STEPS;

    if (!ole_is(p, n))
        return 0;
    struct stream file = {
        .p = p, .n = n, .shift = le16(p + 0x1E), .steps = &steps};
    if (file.shift < 9 || file.shift > 12)
        file.shift = 9;
    for (size_t at = HEADER; n - at >= ENTRY; at += ENTRY) {
        uint32_t first = le16(p + at);
        /* All names looked for begin with one of these. */
        if (first != 0 && first <= 'w' && strchr("VvWwBbEe_", (int)first))
            found |= look_at_entry(p + at, &file);
    }
    return found;
}
