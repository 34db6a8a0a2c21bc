/* SPDX-License-Identifier: MIT */
/*
 * A zip as a reader that streams sees it: local headers in file order, the
 * directory not looked at.
 */
#ifndef ARCHIVE_ZIP_STREAM_H
#define ARCHIVE_ZIP_STREAM_H

#include "member.h"

#include <stdbool.h>

/* Unpacks members from `from` on, until one begins at `to` or later; is_single: only
 * the first. */
void zip_stream(struct unpack *u, size_t from, size_t to, bool is_single);

#endif
