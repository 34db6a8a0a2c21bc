/* SPDX-License-Identifier: MIT */
/*
 * One zip entry at a time as a stream for libarchive: a made local header, then
 * the entry's packed bytes, which are not copied.
 */
#ifndef ARCHIVE_ZIP_FEED_H
#define ARCHIVE_ZIP_FEED_H

#include "zip_directory.h"

#include <archive.h>
#include <archive_entry.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A libarchive reader that is kept from entry to entry, for it is dear to make,
 * and made anew after a fatal error.  Zeroed memory is valid; clear it.
 */
struct zip_feed {
    struct archive *archive; /* NULL: to be made */
    const uint8_t *data;     /* packed bytes of the entry that comes next */
    size_t data_n;
    uint8_t header[64];
    size_t header_n; /* 0: already given */
};

/* Makes `e` the next entry and reads its header.  False: no memory, or libarchive
 * does not take it. */
bool zip_feed_entry(struct zip_feed *f, const uint8_t *p, size_t n,
                    const struct zip_entry *e);
/* After ARCHIVE_FATAL. */
void zip_feed_clear(struct zip_feed *f);

#endif
