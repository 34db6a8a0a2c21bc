/* SPDX-License-Identifier: MIT */
#include "zip_feed.h"

#include <errno.h>
#include <string.h>

static uint8_t *put(uint8_t *at, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        *at++ = (uint8_t)(value >> (8 * i));
    return at;
}

/* APPNOTE 4.3.7, with both sizes in a zip64 field.  The name is a letter: the true
 * one is kept beside libarchive, not sent through it. */
static void make_header(struct zip_feed *f, const struct zip_entry *e)
{
    uint8_t *at = f->header;

    at = put(at, 0x04034b50, 4);
    at = put(at, 45, 2); /* version that knows zip64 */
    at = put(at, 0, 2);  /* flags: not encrypted, sizes are here */
    at = put(at, e->method, 2);
    at = put(at, e->dos_time, 4);
    at = put(at, e->crc, 4);
    at = put(at, UINT32_MAX, 4);
    at = put(at, UINT32_MAX, 4);
    at = put(at, 1, 2);  /* length of the name */
    at = put(at, 20, 2); /* length of the extra field */
    at = put(at, 'm', 1);
    at = put(at, 0x0001, 2);
    at = put(at, 16, 2);
    at = put(at, e->usize & INT64_MAX, 8);
    at = put(at, f->data_n, 8);
    f->header_n = (size_t)(at - f->header);
}

static la_ssize_t give(struct archive *a, void *self, const void **out)
{
    struct zip_feed *f = self;
    size_t n = f->header_n;

    (void)a;
    if (n > 0) {
        *out = f->header;
        f->header_n = 0;
        return (la_ssize_t)n;
    }
    n = f->data_n;
    *out = f->data;
    f->data_n = 0;
    return (la_ssize_t)n; /* 0: the end, until the next entry is made */
}

static bool is_open(struct zip_feed *f)
{
    if (f->archive != NULL)
        return true;
    f->archive = archive_read_new();
    if (f->archive == NULL)
        return false;
    if (archive_read_support_format_zip_streamable(f->archive) == ARCHIVE_OK &&
        archive_read_open(f->archive, f, NULL, give, NULL) == ARCHIVE_OK)
        return true;
    zip_feed_clear(f);
    return false;
}

/* A reader that has once seen the end of its input takes no more: the second try
 * is with a new one. */
bool zip_feed_entry(struct zip_feed *f, const uint8_t *p, size_t n,
                    const struct zip_entry *e)
{
    size_t left = n - e->at.data;

    for (int i = 0; i < 2; i++) {
        struct archive_entry *entry = NULL;
        f->data = p + e->at.data;
        f->data_n = e->csize < left ? (size_t)e->csize : left;
        make_header(f, e);
        errno = 0;
        if (is_open(f) &&
            archive_read_next_header(f->archive, &entry) >= ARCHIVE_WARN)
            return true;
        zip_feed_clear(f);
    }
    return false;
}

void zip_feed_clear(struct zip_feed *f)
{
    archive_read_free(f->archive);
    f->archive = NULL;
    f->header_n = 0;
    f->data_n = 0;
}
