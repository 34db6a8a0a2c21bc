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

/* Moves the data of the current entry to a child and tells what was wrong with it.
 * Returns what libarchive said last: EOF where all could be read. */
int reader_drain(struct unpack *u, struct archive *a, struct member *m,
                 uint64_t told_size);

/* A zip's local headers in p[from..n), in file order, until one begins at `to` or
 * later: what a reader that streams would see. */
void reader_zip_stream(struct unpack *u, size_t from, size_t to,
                       bool is_single);

#endif
