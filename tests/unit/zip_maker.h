/* SPDX-License-Identifier: MIT */
/*
 * Zips for tests, with local headers and directory entries that say what the test
 * wants them to say.
 */
#ifndef TESTS_ZIP_MAKER_H
#define TESTS_ZIP_MAKER_H

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/* What one record says about a member. */
struct zip_said {
    const char *name;
    uint32_t flags;
    uint32_t method;
    uint32_t crc;
    uint32_t csize;
    uint32_t usize;
};

/* A zip being made.  Zeroed memory is valid; zip_maker_clear. */
struct zip_maker {
    GByteArray *file;
    GByteArray *directory;
    uint32_t count;
};

/* What both records of a stored member with that text say when they are true. */
struct zip_said zip_stored(const char *name, const char *text);

/* A local header, and the text behind it.  Returns its offset. */
uint32_t zip_local_put(struct zip_maker *zip, struct zip_said said,
                       const char *text);
/* A directory entry that points to a local header at `offset`. */
void zip_entry_put(struct zip_maker *zip, struct zip_said said,
                   uint32_t offset);
/* Both, true. */
void zip_member_put(struct zip_maker *zip, const char *name, const char *text);
/* The directory and the end record; the file is whole then. */
void zip_end_put(struct zip_maker *zip);
void zip_bytes_put(struct zip_maker *zip, const void *p, unsigned n);
void zip_maker_clear(struct zip_maker *zip);

#endif
