/* SPDX-License-Identifier: MIT */
/*
 * A zip's central directory, walked and compared with its local headers
 * (PKWARE APPNOTE 6.3.10, sections 4.3 and 4.5).
 *
 * Readers that seek believe the directory, readers that stream believe the local
 * headers.  Where the two differ a mail filter that takes one view is blind in the
 * other, so every difference is found here before anything is unpacked: entries
 * that say other things than their local header, and stretches of the file that
 * belong to no entry of the directory.
 */
#ifndef ARCHIVE_ZIP_DIRECTORY_H
#define ARCHIVE_ZIP_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a local header differs from its directory entry. */
enum {
    ZIP_DIFFERS_NAME = 1u << 0,
    ZIP_DIFFERS_DATA = 1u << 1, /* method, sizes, encryption: other content */
    ZIP_NO_LOCAL = 1u << 2      /* there is no local header at that place */
};

enum {
    ZIP_METHOD_AES = 99,
    ZIP_GAPS_MAX = 64 /* stretches outside of the directory that are read */
};

/* What a local header says.  Bytes are lent by the content. */
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

/* One entry of the directory. */
struct zip_entry {
    uint64_t csize;
    uint64_t usize;
    size_t local; /* offset of the local header in the content */
    const uint8_t *name;
    const uint8_t *utf8_name; /* Info-ZIP's Unicode path, NULL: none */
    uint32_t name_n;
    uint32_t utf8_name_n;
    uint32_t crc;
    uint32_t flags;
    uint32_t method;
    uint32_t dos_time; /* date << 16 | time */
    uint32_t mode;     /* Unix mode, 0: not told */
    uint32_t differs;  /* ZIP_DIFFERS_... */
    bool is_encrypted;
    struct zip_local at; /* its local header; not with ZIP_NO_LOCAL */
};

/* A stretch [from, to) that no entry covers and that holds a local header. */
struct zip_gap {
    size_t from;
    size_t to;
};

/*
 * The whole directory.  Zeroed memory is a valid empty one; clear it.
 */
struct zip_directory {
    struct zip_entry *entries; /* in the directory's order */
    size_t n;
    struct zip_gap gaps[ZIP_GAPS_MAX];
    size_t gap_n;
    uint64_t told_n;     /* entries, as the end record says */
    bool is_cut;         /* more than `max` entries: the rest is not read */
    bool is_damaged;     /* fewer entries than told, or nonsense in one */
    bool is_multivolume; /* other disks are missing */
    bool is_overlapping; /* entries share bytes of the file */
    bool has_more_gaps;  /* than ZIP_GAPS_MAX */
};

/* Is there an end record in the last 64 KiB?  Cheap. */
bool zip_has_end(const uint8_t *p, size_t n);

/* Walks the directory, at most `max` entries.  False: no directory that could be
 * walked (or no memory); `out` then only tells is_multivolume. */
bool zip_directory_read(const uint8_t *p, size_t n, size_t max,
                        struct zip_directory *out);
void zip_directory_clear(struct zip_directory *directory);

/* Reads the local header at `at`; false where none is, or none that makes sense. */
bool zip_local_read(const uint8_t *p, size_t n, size_t at,
                    struct zip_local *out);
/* The first local header that makes sense in [from, to), or `to`. */
size_t zip_local_find(const uint8_t *p, size_t n, size_t from, size_t to);

#endif
