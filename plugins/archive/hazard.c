/* SPDX-License-Identifier: MIT */
#include "hazard.h"

#include "bytes.h"

#include <archive.h>
#include <archive_entry.h>

#include <stdlib.h>

enum {
    ISO_SECTOR = 2048,
    ISO_FIRST_VOLUME = 16,
    ISO_VOLUMES_MAX = 64,
    ISO_RECORD_SIZE = 33,
    ISO_FOLDERS_MAX = 32768, /* waiting to be walked */
    XAR_HEADER_SIZE = 28,
    XAR_TOC_MAX = 4 << 20
};

/* A folder of an ISO image: bytes [at, at + size). */
struct folder {
    size_t at;
    size_t size;
};

struct iso_walk {
    const uint8_t *p;
    size_t n;
    uint64_t left;  /* records that may still come */
    size_t sectors; /* that may still be looked at, for folders may overlap */
    struct folder folders[ISO_FOLDERS_MAX];
    size_t folder_n;
    bool is_large;
};

/* Remembers the folder that a directory record tells of. */
static void push(struct iso_walk *w, const uint8_t *record)
{
    uint64_t at = (uint64_t)le32(record + 2) * ISO_SECTOR;
    size_t size = le32(record + 10);

    if (at >= w->n)
        return;
    if (size > w->n - (size_t)at)
        size = w->n - (size_t)at;
    if (w->folder_n == ISO_FOLDERS_MAX)
        w->is_large = true;
    else
        w->folders[w->folder_n++] = (struct folder){(size_t)at, size};
}

static void walk_folder(struct iso_walk *w, struct folder folder)
{
    size_t end = folder.at + folder.size;

    for (size_t at = folder.at; at < end && !w->is_large;) {
        const uint8_t *r = w->p + at;
        size_t length = r[0];
        if (length < ISO_RECORD_SIZE + 1 || length > end - at) {
            at += ISO_SECTOR - at % ISO_SECTOR; /* the sector's end */
            w->is_large = w->sectors == 0;
            w->sectors -= w->sectors > 0 ? 1 : 0;
            continue;
        }
        w->is_large = w->left == 0;
        w->left -= w->left > 0 ? 1 : 0;
        bool is_self = r[32] == 1 && r[ISO_RECORD_SIZE] <= 1; /* . and .. */
        if ((r[25] & 2) != 0 && !is_self)
            push(w, r);
        at += length;
    }
}

bool hazard_iso_is_small(const uint8_t *p, size_t n, uint64_t max)
{
    struct iso_walk *w = calloc(1, sizeof *w);

    if (w == NULL)
        return false;
    w->p = p;
    w->n = n;
    w->left = max;
    w->sectors = n / ISO_SECTOR * 2; /* two trees: plain and Joliet */
    for (size_t i = 0; i < ISO_VOLUMES_MAX; i++) {
        size_t at = (ISO_FIRST_VOLUME + i) * ISO_SECTOR;
        if (!has_at(p, n, at, "", 0) || n - at < ISO_SECTOR ||
            memcmp(p + at + 1, "CD001", 5) != 0 || p[at] == 255)
            break;
        if (p[at] != 1 && p[at] != 2) /* primary, supplementary (Joliet) */
            continue;
        w->is_large = w->is_large || le16(p + at + 128) != ISO_SECTOR;
        push(w, p + at + 156);
    }
    while (w->folder_n > 0 && !w->is_large)
        walk_folder(w, w->folders[--w->folder_n]);
    bool is_small = !w->is_large;
    free(w);
    return is_small;
}

bool hazard_iso_is_forward(const uint8_t *p, size_t n)
{
    static const char mark[] = "CE\x1c\x01"; /* name, length 28, version 1 */

    for (size_t at = find_in(p, 0, n, mark, 4); at < n && n - at >= 28;
         at = find_in(p, at + 4, n, mark, 4)) {
        uint64_t target =
            (uint64_t)le32(p + at + 4) * ISO_SECTOR + le32(p + at + 12);
        if (target <= at)
            return false;
    }
    return true;
}

/* A deflate stream as libarchive's gzip filter wants it: with a head, and a tail
 * whose check sum it does not look at. */
struct deflated {
    const uint8_t *p;
    size_t n;
    unsigned step;
};

static la_ssize_t give(struct archive *a, void *self, const void **out)
{
    static const uint8_t head[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff};
    static const uint8_t tail[8];
    struct deflated *d = self;

    const struct {
        const void *p;
        size_t n;
    } pieces[] = {{head, sizeof head}, {d->p, d->n}, {tail, sizeof tail}};

    (void)a;
    if (d->step == sizeof pieces / sizeof pieces[0])
        return 0;
    *out = pieces[d->step].p;
    return (la_ssize_t)pieces[d->step++].n;
}

/* Unpacks at most `cap` bytes; how many came, 0 for none. */
static size_t inflate(struct deflated *d, char *out, size_t cap)
{
    struct archive *a = archive_read_new();
    struct archive_entry *entry = NULL;
    la_ssize_t n = 0;

    if (a != NULL && archive_read_set_format(a, ARCHIVE_FORMAT_RAW) == 0 &&
        archive_read_append_filter(a, ARCHIVE_FILTER_GZIP) == 0 &&
        archive_read_open(a, d, NULL, give, NULL) == 0 &&
        archive_read_next_header(a, &entry) == 0)
        n = archive_read_data(a, out, cap);
    archive_read_free(a);
    return n > 0 ? (size_t)n : 0;
}

/* libxml2 would take other encodings and entities, in which a word can hide. */
static bool is_plain_xml(const uint8_t *p, size_t n)
{
    size_t at = find_in(p, 0, n, "encoding=", 9);

    return memchr(p, 0, n) == NULL && find_in(p, 0, n, "<!DOCTYPE", 9) == n &&
           (at == n || has_at(p, n, at + 9, "\"UTF-8\"", 7) ||
            has_at(p, n, at + 9, "\"utf-8\"", 7));
}

static uint64_t be64(const uint8_t *p)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value = value << 8 | p[i];
    return value;
}

bool hazard_xar_is_tame(const uint8_t *p, size_t n)
{
    if (n < XAR_HEADER_SIZE)
        return true; /* libarchive says what is wrong with it */
    size_t head = (size_t)p[4] << 8 | p[5];
    uint64_t packed = be64(p + 8);
    uint64_t told = be64(p + 16);
    if (head < XAR_HEADER_SIZE || head > n || packed > n - head || packed < 3)
        return true;
    if (told > XAR_TOC_MAX)
        return false;
    char *toc = malloc(XAR_TOC_MAX + 1);
    if (toc == NULL)
        return false;
    struct deflated d = {.p = p + head + 2, .n = (size_t)packed - 2};
    size_t toc_n = inflate(&d, toc, XAR_TOC_MAX + 1);
    const uint8_t *t = (const uint8_t *)toc;
    bool is_tame = toc_n > 0 && toc_n <= XAR_TOC_MAX &&
                   is_plain_xml(t, toc_n) &&
                   find_in(t, 0, toc_n, "link", 4) == toc_n;
    free(toc);
    return is_tame;
}
