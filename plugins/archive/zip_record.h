/* SPDX-License-Identifier: MIT */
/*
 * The records of a zip file, one at a time (PKWARE APPNOTE 6.3.10, 4.3 and 4.5):
 * local headers, directory entries, end records.  Every offset and length is
 * checked against the content; what is lent is lent by the content.
 */
#ifndef ARCHIVE_ZIP_RECORD_H
#define ARCHIVE_ZIP_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ZIP_FLAG_UTF8 = 1u << 11,
    ZIP_END_SIZE = 22
};

/* What a local header says. */
struct zip_local {
    uint64_t csize; /* 0 and is_streamed: told behind the data */
    uint64_t usize;
    size_t data; /* where the data begins */
    const uint8_t *name;
    uint32_t name_n;
    uint32_t crc;
    uint32_t flags;
    uint32_t method;
    bool is_streamed; /* sizes follow the data */
    bool is_encrypted;
};

/* What a directory entry says. */
struct zip_entry {
    uint64_t csize;
    uint64_t usize;
    size_t local; /* offset of the local header, SIZE_MAX: beyond the end */
    const uint8_t *name;
    const uint8_t *utf8_name; /* Info-ZIP's Unicode path, NULL: none */
    uint32_t name_n;
    uint32_t utf8_name_n;
    uint32_t crc;
    uint32_t flags;
    uint32_t method;
    uint32_t dos_time; /* date << 16 | time */
    uint32_t mode;     /* Unix mode, 0: not told */
    uint32_t differs;  /* ZIP_DIFFERS_..., set by zip_directory_read */
    bool is_encrypted;
    bool is_damaged;     /* its extra field ends beyond its end */
    struct zip_local at; /* its local header; not with ZIP_NO_LOCAL */
};

/* Where the directory lies, as an end record says. */
struct zip_end {
    size_t at;        /* of the end record */
    size_t directory; /* its first entry */
    size_t base;      /* offsets in the directory count from here */
    uint64_t told_n;  /* entries */
    size_t spare;     /* bytes behind it and its comment */
    bool is_short;    /* its comment is longer than the file */
};

/* Is there an end record in the last 64 KiB?  Cheap. */
bool zip_has_end(const uint8_t *p, size_t n);
/* The last end record that leads to a directory.  `*is_multivolume` is set where
 * one speaks of other disks, found or not. */
bool zip_end_find(const uint8_t *p, size_t n, struct zip_end *out,
                  bool *is_multivolume);

/* Is there a directory entry at p[at..n)? */
bool zip_is_entry(const uint8_t *p, size_t n, size_t at);
/* Reads it; returns its length, 0 where it makes no sense. */
size_t zip_entry_read(const uint8_t *p, const struct zip_end *end, size_t at,
                      struct zip_entry *out);

/* Reads the local header at `at`; false where there is none. */
bool zip_local_read(const uint8_t *p, size_t n, size_t at,
                    struct zip_local *out);
/* The first local header that makes sense in [from, to), or `to`. */
size_t zip_local_find(const uint8_t *p, size_t n, size_t from, size_t to);

#endif
