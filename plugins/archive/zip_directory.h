/* SPDX-License-Identifier: MIT */
/*
 * A zip's central directory, walked and compared with its local headers.
 *
 * Readers that seek believe the directory, readers that stream believe the local
 * headers.  Where the two differ a mail filter that takes one view is blind in the
 * other, so every difference is found here before anything is unpacked: entries
 * that say other things than their local header, and stretches of the file that
 * belong to no entry of the directory.
 */
#ifndef ARCHIVE_ZIP_DIRECTORY_H
#define ARCHIVE_ZIP_DIRECTORY_H

#include "zip_record.h"

/* How a local header differs from its directory entry. */
enum {
    ZIP_DIFFERS_NAME = 1u << 0,
    ZIP_DIFFERS_DATA = 1u << 1, /* method, sizes, encryption: other content */
    ZIP_NO_LOCAL = 1u << 2      /* there is no local header at that place */
};

enum {
    ZIP_GAPS_MAX = 64 /* stretches outside of the directory that are read */
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
    size_t end;   /* behind its last entry */
    size_t spare; /* bytes behind the end record and its comment */
    struct zip_gap gaps[ZIP_GAPS_MAX];
    size_t gap_n;
    uint64_t told_n;     /* entries, as the end record says */
    bool is_cut;         /* more than `max` entries: the rest is not read */
    bool is_damaged;     /* fewer entries than told, or nonsense in one */
    bool is_multivolume; /* other disks are missing */
    bool is_overlapping; /* entries share bytes of the file */
    bool has_more_gaps;  /* than ZIP_GAPS_MAX */
};

/* Walks the directory, at most `max` entries.  False: no directory that could be
 * walked (or no memory); `out` then only tells is_multivolume. */
bool zip_directory_read(const uint8_t *p, size_t n, size_t max,
                        struct zip_directory *out);
void zip_directory_clear(struct zip_directory *directory);

#endif
