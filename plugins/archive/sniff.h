/* SPDX-License-Identifier: MIT */
/*
 * Which archives may be in a content, by its bytes alone.
 *
 * A table look-up and one search in the last 64 KiB: every object of every mail
 * passes through here.  Names and types are not asked: a picture with a zip at its
 * end and an executable with a rar inside are found whatever they are called.
 */
#ifndef ARCHIVE_SNIFF_H
#define ARCHIVE_SNIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sniff_format {
    SNIFF_ZIP = 1,
    SNIFF_TAR,
    SNIFF_CPIO,
    SNIFF_7ZIP,
    SNIFF_RAR,
    SNIFF_RAR5,
    SNIFF_CAB,
    SNIFF_LHA,
    SNIFF_ISO,
    SNIFF_XAR,
    SNIFF_AR,
    SNIFF_WARC,
    /* single streams */
    SNIFF_GZIP,
    SNIFF_BZIP2,
    SNIFF_COMPRESS,
    SNIFF_LZMA,
    SNIFF_XZ,
    SNIFF_LZIP,
    SNIFF_LZ4,
    SNIFF_ZSTD,
    SNIFF_RPM,
    /* known, but nothing here reads it */
    SNIFF_UNREADABLE
};

enum {
    SNIFF_MAX = 64 /* archives opened in one content */
};

/* One archive that may begin at `offset`. */
struct sniffed {
    enum sniff_format format;
    bool is_firm; /* surely meant as an archive: damaged if it does not open */
    size_t offset;
    const char *label; /* "lzop", for people */
};

/* Fills `out`, returns how many; SNIFF_MAX + 1 when there were more.  `is_text`: no
 * archive is searched inside. */
size_t sniff(const uint8_t *p, size_t n, bool is_text,
             struct sniffed out[SNIFF_MAX]);

bool sniff_is_stream(enum sniff_format format);

#endif
