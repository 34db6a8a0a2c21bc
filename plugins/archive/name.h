/* SPDX-License-Identifier: MIT */
/*
 * Names inside archives: which leave the folder they are unpacked to, which
 * promise an archive, what a decompressed stream is called.  Bytes as they stand
 * in the archive; "/" and "\" both separate.
 */
#ifndef ARCHIVE_NAME_H
#define ARCHIVE_NAME_H

#include <assay/plugin.h>

#include <stdbool.h>
#include <stddef.h>

/* Absolute, with a drive letter, or with a component "..". */
bool name_is_unsafe(const char *name, size_t n);
/* Does a link called `name` lead to something outside of the archive's folder? */
bool name_link_leaves(const char *name, size_t n, const char *target,
                      size_t target_n);
/* Does the ending say that this is an archive or a compressed file? */
bool name_says_archive(const char *name, size_t n);
/* Does the media type say so?  Office documents, which are zips too, do not
 * count: an old .doc with a new type is no damaged archive. */
bool name_type_says_archive(const char *type, size_t n);
/* "a.tar.gz" is "a.tar", "a.tgz" is "a.tar"; without such an ending the same
 * again.  Writes at most `cap` bytes, returns how many. */
size_t name_of_stream(const char *name, size_t n, char *out, size_t cap);
/* The file name in the head of a gzip stream, lent; empty where it has none. */
struct assay_str name_in_gzip(const uint8_t *p, size_t n);
bool name_is_utf8(const char *p, size_t n);

#endif
