/* SPDX-License-Identifier: MIT */
/*
 * libarchive over an object's bytes: formats with members, and single streams.
 *
 * Content is read where it lies (archive_read_open_memory); stored members become
 * ranges of their archive and are not copied.  Only what was sniffed is switched
 * on, never "all": libarchive would start programs for some filters, and its mtree
 * reader opens the files it is told of.  A stream is taken off one layer at a
 * time, so that depth and bytes are counted by the host and a gzip in a gzip in a
 * gzip costs what it says.
 */
#ifndef ARCHIVE_READER_H
#define ARCHIVE_READER_H

#include "member.h"
#include "sniff.h"

#include <archive.h>
#include <archive_entry.h>

#include <stdbool.h>

/* Opens what was sniffed and unpacks all of it.  True when it was an archive:
 * opened, or firm and told as damaged. */
bool reader_unpack(struct unpack *u, const struct sniffed *sniffed);

/* archive_read_next_header and archive_read_data_block under the memory guard. */
int reader_next(const struct unpack *u, struct archive *a,
                struct archive_entry **entry);
int reader_block(const struct unpack *u, struct archive *a, const void **p,
                 size_t *n, la_int64_t *offset);

/* Moves the data of the current entry to a child and tells what was wrong with it.
 * Returns what libarchive said last: EOF where all could be read. */
int reader_drain(struct unpack *u, struct archive *a, struct member *m,
                 uint64_t told_size);

/* The entry that reader_next came to, as one child; `name` (NULL: libarchive's) is
 * its name as it stands.  Returns as reader_drain. */
int reader_take(struct unpack *u, struct archive *a,
                struct archive_entry *entry, const struct assay_str *name);

#endif
